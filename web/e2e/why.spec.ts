// What keeps a workspace, an account or a campaign from sending is told where somebody wonders about it.
import { expect, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const STANDING = {
  sends: false,
  checks: [
    { rule: "workspace_sending", passed: true, seen: "running" },
    { rule: "sender_enabled", passed: true, seen: "Maya's mailbox is switched on" },
    { rule: "sender_has_room", passed: false, seen: "Maya's mailbox: 40 of 40 today; room from Wed 11 Mar 00:00 GMT" },
  ],
  next: { what: "send", at: "2126-03-11T00:00:00Z" },
};

for (const [from, path, ask, answer] of [
  ["the queue, about the workspace", "/queue", "Why", "GET /api/settings/why"],
  [
    "the queue, about an account",
    "/queue",
    "Get mailbox: Failing. Why?",
    "GET /api/settings/connections/connection_2/why",
  ],
  ["a campaign", "/campaigns/campaign_1", "Does it send now?", "GET /api/campaigns/campaign_1/why"],
] as const) {
  test(`asked from ${from}`, async ({ page }) => {
    const { errors } = await openApp(page, path, { override: { [answer]: STANDING } });
    await page.getByRole("button", { name: ask, exact: true }).click();
    const drawer = page.getByRole("dialog", { name: "Why is nothing going out?" });
    await expect(drawer.getByText("40 of 40 today")).toBeVisible();
    await expect(drawer.getByRole("listitem").nth(2)).toContainText("No");
    await expect(drawer.getByText(/What is due goes out .+ at the soonest/)).toBeVisible();
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(drawer).toBeHidden();
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(errors).toEqual([]);
  });
}

test("asked of a lead: what happened, what is next and when, in each campaign", async ({ page }) => {
  const { errors } = await openApp(page, "/leads/lead_0");
  await page.keyboard.press("w");
  const drawer = page.getByRole("dialog", { name: "What happens next, and why?" });
  const autumn = drawer.getByRole("region", { name: "Autumn clinics" });
  await expect(autumn.getByText(/Step 3 goes out .+ at the soonest/)).toBeVisible();
  await expect(autumn.getByText("Step 1, E-mail: delivered")).toBeVisible();
  await expect(autumn.getByText("Decided here")).toBeVisible();
  await expect(drawer.getByRole("region", { name: "Spring opticians" })).toContainText("all steps done");
  await expect(autumn.getByRole("button", { name: /^Pause for/ })).toBeVisible();
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();
  expect(errors).toEqual([]);
});

test("asked of a lead in no campaign, and when no answer comes", async ({ page }) => {
  const none = {
    checks: [
      { rule: "workspace_sending", passed: true, seen: "running" },
      { rule: "reachable", passed: false, seen: "email: no email, sms: no phone, whatsapp: no phone" },
      { rule: "in_a_campaign", passed: false, seen: "in no campaign that is under way" },
    ],
    next: { what: "nothing", at: null },
    enrolments: [],
  };
  const timeline = { items: [], enrolments: [] };
  const override = { "GET /api/leads/lead_0/why": none, "GET /api/leads/lead_0/timeline": timeline };
  const { errors } = await openApp(page, "/leads/lead_0", { override });
  await page.getByRole("button", { name: "Why", exact: false }).click();
  const drawer = page.getByRole("dialog", { name: "What happens next, and why?" });
  await expect(drawer.getByText("In no campaign: nothing goes out by itself.")).toBeVisible();
  await expect(drawer.getByText("in no campaign that is under way")).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(errors).toEqual([]);
  await openApp(page, "/leads/lead_0", { override: { ...override, "GET /api/leads/lead_0/why": undefined } });
  await page.keyboard.press("w");
  await expect(drawer.getByRole("button", { name: "Try again" })).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
});
