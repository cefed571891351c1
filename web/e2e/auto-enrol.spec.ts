// Auto-enrol of a campaign: set by keyboard, its left-out leads shown with reasons, switched off.
import { mkdirSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const shots = process.env.SHOTS;
const shot = async (page: Page, name: string) => {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: `${shots}/${name}.png` });
};
const sound = async (page: Page) => {
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
};

const CAMPAIGN = {
  id: "campaign_1",
  name: "Clinics, autumn",
  state: "active",
  state_since: "2026-10-18T09:30:00Z",
  sequence_id: "sequence_1",
  sequence_version: 7,
  mailbox_ids: ["account_1"],
  when_mailbox_gone: "reassign",
  only_verified: false,
  untracked: { opens: false, clicks: false },
  writing: { ai: true },
  promotes_winner: false,
  leads_per_variant: 1000,
  sms_sender_id: null,
  zone: "Europe/London",
  lead_tag: null,
  auto_enrol: { filter: { tag: ["webinar"], status: ["new"], temperature: ["hot"] }, per_day: 50 },
  owner: "user_1",
  created_at: "2026-10-12T09:30:00Z",
  launched_at: "2026-10-18T09:30:00Z",
  rev: 2,
};
const asked = (page: Page) => {
  const sent: Record<string, unknown>[] = [];
  page.on("request", (request) => {
    if (request.method() === "PATCH") sent.push(request.postDataJSON());
  });
  return sent;
};
const section = (page: Page) => page.getByRole("region", { name: "Auto-enrol" });

for (const [width, height] of [
  [1440, 900],
  [390, 844],
] as const) {
  test(`who comes in by itself is chosen by keyboard, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/campaigns/campaign_1", {
      override: { "PATCH /api/campaigns/campaign_1": CAMPAIGN },
    });
    const sent = asked(page);
    await expect(section(page)).toContainText("Only leads you add are enrolled.");
    await section(page).getByRole("button", { name: "Set rule" }).press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Tag", { exact: true }).fill("webinar");
    await dialog.getByLabel("New leads per day").fill("0");
    await expect(dialog.getByText("From 1 to 1,000.")).toBeVisible();
    await expect(dialog.getByRole("button", { name: "Start auto-enrolling" })).toBeDisabled();
    await dialog.getByLabel("New leads per day").fill("25");
    await expect(dialog.getByText(/match(es)? now; oldest first/)).toBeVisible();
    await shot(page, `auto-enrol-choose-${width}`);
    await sound(page);
    await dialog.getByRole("button", { name: "Start auto-enrolling" }).press("Enter");
    await expect(dialog).toHaveCount(0);
    expect(sent).toEqual([
      { auto_enrol: { filter: { status: ["new"], tag: ["webinar"], country: [], q: null }, per_day: 25 } },
    ]);
    expect(errors).toEqual([]);
  });

  test(`the last look says who waits and who is left out, and it is switched off, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/campaigns/campaign_1", {
      override: {
        "GET /api/campaigns/campaign_1": CAMPAIGN,
        "PATCH /api/campaigns/campaign_1": { ...CAMPAIGN, auto_enrol: null },
      },
    });
    const sent = asked(page);
    await expect(section(page)).toContainText("stage New, temperature hot, tag webinar");
    await expect(section(page)).toContainText("12 of 50");
    await expect(section(page)).toContainText("for a day with capacity, oldest first");
    const reasons = section(page).getByRole("list", { name: "Left out, by reason" });
    await expect(reasons.getByRole("listitem").first()).toContainText("Active in another campaign6");
    const jobs = section(page).getByRole("list", { name: "Added in the background" });
    await jobs.getByText("430 leads enrolled, 70 left out").press("Enter");
    await expect(jobs.getByText("Already enrolled, now or earlier")).toBeVisible();
    await section(page).scrollIntoViewIfNeeded();
    await shot(page, `auto-enrol-${width}`);
    await sound(page);
    await section(page).getByRole("button", { name: "Switch off" }).press("Enter");
    await expect.poll(() => sent).toEqual([{ auto_enrol: null }]);
    await expect(page.getByText("Auto-enrol is off")).toBeVisible();
    expect(errors).toEqual([]);
  });
}

test("before the first look and when the figures do not load, that is what it says", async ({ page }) => {
  await openApp(page, "/campaigns/campaign_1", {
    override: {
      "GET /api/campaigns/campaign_1": CAMPAIGN,
      "GET /api/campaigns/campaign_1/auto-enrol": { taken_today: 0, look: null, jobs: [] },
    },
  });
  await expect(section(page)).toContainText("First check in progress.");
  await sound(page);
});

test("what the server has against it is said in the dialog, and nothing is lost", async ({ page }) => {
  await openApp(page, "/campaigns/campaign_1");
  await section(page).getByRole("button", { name: "Set rule" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Tag", { exact: true }).fill("webinar");
  await dialog.getByRole("button", { name: "Start auto-enrolling" }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await expect(dialog.getByLabel("Tag", { exact: true })).toHaveValue("webinar");
  await sound(page);
});
