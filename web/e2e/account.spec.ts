// One mailbox: reached from where it is named, viewed, explained, switched off and changed.
import { expect, test } from "@playwright/test";
import { ANSWERS } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const DETAIL = "GET /api/settings/accounts/account_1";
const mailbox = ANSWERS[DETAIL] as object;

for (const [from, path] of [
  ["the queue", "/queue"],
  ["the settings", "/settings/mailboxes"],
  ["a campaign", "/campaigns/campaign_1"],
] as const) {
  test(`found from ${from}`, async ({ page }) => {
    const { errors } = await openApp(page, path);
    await page.getByRole("link", { name: "Maya's mailbox", exact: true }).click();
    await expect(page).toHaveURL(/\/settings\/mailboxes\/account_1$/);
    await expect(page.getByRole("heading", { level: 1, name: "Maya's mailbox" })).toBeVisible();
    expect(errors).toEqual([]);
  });
}

test("tells how its day goes and who sends by it", async ({ page }) => {
  const { errors } = await openApp(page, "/settings/mailboxes/account_1", {
    override: {
      [`${DETAIL}/why`]: {
        sends: true,
        channels: [{ channel: "email", sends: true, next: { what: "send", at: "2026-11-18T10:44:00Z" } }],
        accounts: [{ id: "account_1", name: "Maya's mailbox", channel: "email", state: "works", fault: null }],
        checks: [{ rule: "workspace_sending", passed: true, seen: "on" }],
        next: { what: "send", at: "2026-11-18T10:44:00Z" },
      },
      "PATCH /api/settings/accounts/account_1": mailbox,
    },
  });
  await expect(page.getByRole("region", { name: "Health" })).toContainText("working again since");
  await expect(page.getByRole("progressbar", { name: "Today: 16 of 32", exact: true })).toBeVisible();
  await expect(page.getByRole("progressbar", { name: "New leads today: 11 of 15" })).toBeVisible();
  await expect(page.getByRole("progressbar", { name: "This hour: 4 of 6" })).toBeVisible();
  await expect(page.getByRole("img", { name: /^Today by the hour: .*08 6.*12 4/ })).toBeVisible();
  await expect(page.getByRole("img", { name: /^Daily limit: 11 Nov 8, today 32/ })).toBeVisible();
  await expect(page.getByRole("region", { name: "Coming days" })).toContainText("Company outing");
  await page.getByRole("button", { name: "Check sending" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Change", exact: true }).click();
  await expect(page.getByRole("dialog").getByLabel("Label", { exact: true })).toHaveValue("Maya's mailbox");
  await page.keyboard.press("Escape");
  const patched = page.waitForRequest((r) => r.method() === "PATCH");
  await page.getByRole("button", { name: "Switch off" }).click();
  expect((await patched).postDataJSON()).toEqual({ enabled: false });
  await page.getByRole("link", { name: "Dentists, Cornwall" }).click();
  await expect(page).toHaveURL(/\/campaigns\/campaign_2$/);
  expect(errors).toEqual([]);
});

for (const [what, over] of [
  [
    "failing",
    { last_error: { detail: "535 authentication failed", at: "2026-11-17T09:12:00Z", over_at: null }, campaigns: [] },
  ],
  ["off, and without limits", { enabled: false, limits: null, today: null, ahead: [], hours_today: [], ramp: [] }],
] as const) {
  test(`is readable while it is ${what}`, async ({ page }) => {
    const { errors } = await openApp(page, "/settings/mailboxes/account_1", {
      override: { [DETAIL]: { ...mailbox, ...over } },
    });
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 844 });
      expect(await violationsInBothThemes(page)).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
    }
    expect(errors).toEqual([]);
  });
}
