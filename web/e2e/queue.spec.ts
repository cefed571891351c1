// The queue of held leads: why and until when; by reason, page by page, with a link to each lead.
import { expect, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

test("who is held, why, and until when", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (r) => {
    if (r.url().includes("/api/campaigns/held")) asked.push(new URL(r.url()).search);
  });
  const { errors } = await openApp(page, "/queue");
  const held = page.getByRole("region", { name: "Held", exact: true });
  await expect(held.getByRole("row")).toHaveCount(4);
  await expect(held.getByRole("row").nth(1)).toContainText("Out of office");
  await expect(held.getByRole("row").nth(3)).toContainText("When the value is filled in");
  await held.getByRole("button", { name: "Show more" }).click();
  await expect.poll(() => asked.some((search) => search.includes("cursor=campaign_2.x"))).toBe(true);
  await held.getByLabel("Hold reason").selectOption({ label: "Missing value" });
  await expect.poll(() => asked.some((search) => search.includes("reason=missing_value"))).toBe(true);
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await held.getByRole("row").getByRole("link").first().click();
  await expect(page).toHaveURL(/\/leads\/lead_5$/);
  expect(errors).toEqual([]);
});

test("a message of uncertain delivery that was written by hand is listed where it is counted", async ({ page }) => {
  const { errors } = await openApp(page, "/queue");
  await expect(page.getByRole("link", { name: /Queue.*1.*uncertain/ })).toBeVisible();
  const row = page.getByRole("region", { name: "Delivery uncertain" }).getByRole("row", { name: /Tom Whitfield/ });
  await expect(row).toContainText("By hand");
  await expect(row).toContainText("no answer came");
  await expect(row.getByRole("button", { name: "Send again: Tom Whitfield" })).toBeVisible();
  expect(errors).toEqual([]);
});

test("nobody is held", async ({ page }) => {
  const { errors } = await openApp(page, "/queue", {
    override: { "GET /api/campaigns/held": { items: [], total: 0 } },
  });
  await expect(page.getByText("No leads held")).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test("the list does not come", async ({ page }) => {
  await openApp(page, "/queue", { override: { "GET /api/campaigns/held": undefined } });
  const held = page.getByRole("region", { name: "Held", exact: true });
  await expect(held.getByRole("button", { name: "Try again" })).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
});
