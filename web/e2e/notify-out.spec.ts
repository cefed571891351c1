// What leaves the app: a user chooses the digest and looks at today's, an admin connects the workspace's Slack channel.
import { expect, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const NO_SLACK = { ending: null, kinds: ["hot_lead", "reply"], with_details: false, off: null, rev: 0 };
const FAULT = "The Slack channel is archived. Unarchive it, or make a webhook for another one.";

for (const [width, height] of [
  [1440, 900],
  [390, 844],
] as const) {
  test(`a digest is chosen and looked at by keyboard, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/settings/notifications", {
      override: {
        "PUT /api/notifications/digest": {
          hour: 18,
          zone: null,
          workspace_zone: "Europe/London",
          parts: ["hot_leads", "replies", "meetings"],
          mails_go_out: true,
          rev: 1,
        },
      },
    });
    const digest = page.getByRole("region", { name: "Digest by e-mail" });
    await expect(digest.getByRole("button", { name: "Save digest" })).toBeDisabled();
    await digest.getByRole("button", { name: "Show today's digest" }).press("Enter");
    const today = page.getByRole("region", { name: "Today's digest" });
    await expect(today.getByRole("heading", { name: "1 hot lead, 1 reply waits, 1 task due" })).toBeVisible();
    await expect(today.getByRole("link", { name: "Owen Pryce" })).toHaveAttribute("href", "/inbox?lead=lead_7");
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await digest.getByLabel("Send it").selectOption("18");
    await digest.getByLabel("Tasks due").press("Space");
    const sent = page.waitForRequest((request) => request.method() === "PUT");
    await digest.getByRole("button", { name: "Save digest" }).press("Enter");
    expect((await sent).postDataJSON()).toEqual({
      hour: 18,
      zone: null,
      parts: ["hot_leads", "replies", "meetings"],
      rev: 0,
    });
    await expect(page.getByText("Digest saved")).toBeVisible();
    expect(errors).toEqual([]);
  });
}

test("a Slack channel is connected, and a test says in plain words why it is refused", async ({ page }) => {
  const connected = { ...NO_SLACK, ending: "WORD", rev: 1 };
  const off = { ...connected, off: { at: "2026-11-17T10:40:00Z", fault: "archived", detail: FAULT }, rev: 2 };
  const stored: Record<string, unknown> = { ...NO_SLACK };
  const override = {
    "GET /api/settings/slack": stored,
    "PUT /api/settings/slack": connected,
    "POST /api/settings/slack/test": { sent: false, detail: FAULT, slack: off },
  };
  const { errors } = await openApp(page, "/settings/notifications", { override });
  const slack = page.getByRole("region", { name: "Slack" });
  await slack.getByLabel("Include the message text").press("Space");
  await slack.getByRole("button", { name: "Connect channel" }).press("Enter");
  await expect(slack.getByText("Enter the address of a webhook.")).toBeVisible();
  await slack.getByLabel("Webhook").fill("https://hooks.slack.com/services/T0/B0/s3cretWORD");
  Object.assign(stored, connected);
  const sent = page.waitForRequest((request) => request.method() === "PUT");
  await slack.getByRole("button", { name: "Connect channel" }).press("Enter");
  expect((await sent).postDataJSON()).toMatchObject({ kinds: ["hot_lead", "reply"], with_details: true, rev: 0 });
  await expect(slack.getByText("The webhook ends in WORD.")).toBeVisible();
  await expect(slack.getByLabel("New webhook")).toHaveValue("");
  Object.assign(stored, off);
  await slack.getByRole("button", { name: "Send a test" }).press("Enter");
  await expect(slack.getByRole("alert")).toHaveText(FAULT);
  await expect(slack.getByRole("status")).toContainText("Switched off");
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(errors).toEqual([]);
});
