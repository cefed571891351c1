// The self-check: states in words, the fix for each, running it again, and what is shown while it runs or fails.
import { expect, test } from "@playwright/test";
import { NEVER, SESSION } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";
import { SELF_CHECK } from "./self-check-answer";

const WIDTHS = [1440, 390, 320];

test("each part with its state, what was seen and what mends it", async ({ page }) => {
  const { errors } = await openApp(page, "/settings/self-check");
  await expect(page.getByText("1 of 8 parts is broken, 1 needs attention.")).toBeVisible();
  const work = page.getByRole("region", { name: "Queues and schedules" });
  const queue = work.getByRole("listitem").filter({ hasText: "Queue send" });
  await expect(queue).toContainText("Broken");
  await expect(queue).toContainText("It is not there.");
  await expect(queue).toContainText("To fix it: It, or the queue of its dead letters, was deleted.");
  const promises = page.getByRole("region", { name: "What works" });
  await expect(promises.getByRole("listitem")).toHaveCount(9);
  const loads = promises.getByRole("listitem").filter({ hasText: "Frontend loads" });
  await loads.getByText("Help").click();
  await expect(loads.getByText("The browser's console")).toBeVisible();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  expect(errors).toEqual([]);
});

test("it is asked again, and the last result stands until the next one comes", async ({ page }) => {
  await openApp(page, "/settings/self-check");
  await expect(page.getByText("1 of 8 parts is broken")).toBeVisible();
  let answer = () => {};
  const asked = new Promise<void>((done) => {
    answer = done;
  });
  const mended = SELF_CHECK.checks.map((check) => ({ ...check, state: "fine", fix: null }));
  await page.route("**/api/ops/check", async (route) => {
    await asked;
    await route.fulfill({ json: { ...SELF_CHECK, state: "fine", checks: mended, checked_at: "2026-11-17T10:44:00Z" } });
  });
  await page.getByRole("button", { name: "Check again" }).click();
  await expect(page.getByRole("button", { name: "Check again" })).toBeDisabled();
  await expect(page.getByText("1 of 8 parts is broken")).toBeVisible();
  answer();
  await expect(page.getByText("All 8 parts are fine.")).toBeVisible();
  await expect(page.getByText("Checked today at 10:44.")).toBeVisible();
});

test("it says what it does while it runs for the first time", async ({ page }) => {
  await openApp(page, "/settings/self-check", { override: { "GET /api/ops/check": NEVER } });
  await expect(page.getByText("Checking all parts at once.")).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
});

test("it says that it failed, and offers to try again", async ({ page }) => {
  await openApp(page, "/settings/self-check", { override: { "GET /api/ops/check": undefined } });
  await expect(page.getByRole("alert")).toContainText("The self-check did not load");
  await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
});

test("an admin is not offered it, and told whose it is", async ({ page }) => {
  const admin = { ...SESSION, user: { ...SESSION.user, role: "admin" } };
  await openApp(page, "/settings/self-check", { override: { "POST /api/auth/refresh": admin } });
  await expect(page.getByText("Only the owner of the workspace that installed leadflow")).toBeVisible();
  await expect(page.getByRole("link", { name: "Self-check" })).toHaveCount(0);
});
