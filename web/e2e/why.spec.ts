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
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(drawer).toBeHidden();
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(errors).toEqual([]);
  });
}
