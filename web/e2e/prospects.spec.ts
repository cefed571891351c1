// Prospects: found at a provider, priced before each click, added as leads, and enrolled.
import { expect, type Page, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const SIZES = [
  [1440, 900],
  [1024, 800],
  [390, 844],
  [320, 640],
] as const;

const sound = async (page: Page) => {
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
};

for (const [width, height] of SIZES) {
  test(`prospects are searched for and chosen, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/prospects?icp=icp_1&search=prospect_search_1");
    await expect(page.getByText(/Checked on the results/)).toBeVisible();
    await expect(page.getByRole("button", { name: "Search (free)" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Already a lead" })).toBeVisible();
    await sound(page);
    await page.getByRole("checkbox", { name: "Choose all on this page" }).check();
    await expect(page.getByRole("button", { name: /^Add 3 leads — about (US)?\$0\.04$/ })).toBeVisible();
    await expect(page.getByText(/\$98\.10 left this month/)).toBeVisible();
    await sound(page);
    expect(errors).toEqual([]);
  });
}

test("without a provider the page says which can be connected", async ({ page }) => {
  const providers = {
    items: [{ provider: "hunter", name: "Hunter", connected: false, filters: [], search: 0, each: 0 }],
    not_possible: [{ name: "Meta", why: "Meta has no people search: its leads come by webhook." }],
  };
  const { errors } = await openApp(page, "/prospects", { override: { "GET /api/prospects/providers": providers } });
  await expect(page.getByText("No provider can be searched yet")).toBeVisible();
  await sound(page);
  await expect(page.getByRole("link", { name: "Connect a provider" })).toHaveAttribute("href", "/settings/providers");
  expect(errors).toEqual([]);
});

test("an ICP leads to more prospects like those whom it finds", async ({ page }) => {
  await openApp(page, "/icp/icp_1");
  await page.getByRole("link", { name: "Find more like these" }).filter({ visible: true }).click();
  await expect(page).toHaveURL(/\/prospects\?icp=icp_1/);
  await expect(page.getByLabel("Job titles")).toHaveValue("Practice manager");
});
