// Calls that the app places: the bar on any page, its keys, and the user's own phone, which rings first.
import { expect, type Page, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const MINE = "GET /api/calls/mine";
const FROM = "+14155552671";

const call = (over: object) => ({
  calls_from: FROM,
  call: { id: "call_1", lead_id: "lead_1", state: "talking", placed_at: "2026-11-17T09:00:00Z", ...over },
});

const bar = (page: Page) => page.getByRole("region", { name: "Call", exact: true });

test("the bar of a call that goes on is on every page, fits, and hangs up", async ({ page }) => {
  const ended = call({ state: "ended", end: "completed", proposed: "connected", seconds: 62 });
  const { errors } = await openApp(page, "/inbox", {
    override: { [MINE]: call({}), "POST /api/calls/call_1/hang-up": ended.call },
  });
  await expect(bar(page).getByRole("status")).toHaveText("Connected", { timeout: 10_000 });
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect(await violationsInBothThemes(page)).toEqual([]);
  await bar(page).getByRole("button", { name: "Hang up" }).click();
  await expect(bar(page).getByRole("status")).toHaveText("Call ended, 1 min 2 s");
  await expect(bar(page).getByRole("button", { name: "Log connected" })).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await bar(page).getByRole("button", { name: "Do not log" }).click();
  await expect(bar(page)).toBeHidden();
  expect(errors).toEqual([]);
});

test("a user's own phone is confirmed by a code, which fits and is accessible", async ({ page }) => {
  const PHONE = "+442079460958";
  const { errors } = await openApp(page, "/settings/profile", {
    override: {
      "POST /api/calls/phone": { phone: PHONE, expires_at: "2099-11-17T09:10:00Z" },
      "POST /api/calls/phone/confirm": { phone: PHONE },
    },
  });
  const phone = page.getByRole("region", { name: "Your phone" });
  await phone.getByLabel("Phone number").fill(PHONE);
  await phone.getByLabel("Phone number").press("Enter");
  await expect(phone.getByLabel("Code")).toBeFocused();
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 844 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  await phone.getByLabel("Code").fill("481 516");
  await phone.getByLabel("Code").press("Enter");
  await expect(phone.getByText("Confirmed", { exact: true })).toBeVisible();
  await expect(phone.getByRole("button", { name: "Change your phone" })).toBeFocused();
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect(errors).toEqual([]);
});
