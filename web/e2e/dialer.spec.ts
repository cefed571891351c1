// Calls that the app places: the bar on any page, its keys, and a call at a running installation from click to history.
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
