// Prospects: found at a provider, priced before each click, added as leads, and enrolled.
import { expect, type Page, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";
import { demo, signIn, silent, visit } from "./live";

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

test.describe("against a running installation", () => {
  test.skip(!demo, "needs a running installation");

  test("prospects are found, priced, added and enrolled, and never bought twice", async ({ page }) => {
    const errors = silent(page);
    await signIn(page);
    await visit(page, "/prospects");
    await page.getByLabel("Provider", { exact: true }).selectOption("apollo");
    await page.getByLabel("Job titles").fill("manager");
    await page.getByLabel("On a page").selectOption("10");
    await page.getByRole("button", { name: "Search (free)" }).click();
    const rows = page.getByRole("row").filter({ has: page.getByRole("checkbox", { name: /^Choose (?!all)/ }) });
    await expect(rows.first()).toBeVisible();
    await expect(page.getByText("known, masked").first()).toBeVisible();
    expect(await page.getByRole("table").textContent()).not.toContain("@");
    // Two are chosen whose addresses cost a credit.
    const open = rows.filter({ hasText: "$0.02" });
    const name = (await open.first().locator("td").nth(1).locator("span").first().textContent()) ?? "";
    for (const nth of [0, 1]) await open.nth(nth).getByRole("checkbox").check();
    const bar = page.getByRole("region", { name: "Add the chosen ones" });
    await bar.getByLabel("Tag").fill("prospects");
    const campaign = await bar.getByLabel("Enrol in").locator("option").nth(1).textContent();
    await bar.getByLabel("Enrol in").selectOption({ index: 1 });
    await bar.getByRole("button", { name: /^Add 2 leads — about (US)?\$0\.04$/ }).click();
    const done = page.getByRole("region", { name: "What was added" });
    await expect(done.getByText(/^2 leads added for (US)?\$0\.04$/)).toBeVisible();
    await expect(done.getByRole("link", { name: "show the campaign" })).toBeVisible();
    expect(campaign).toBeTruthy();
    await expect(rows.filter({ hasText: name }).first().getByRole("link", { name: "Already a lead" })).toBeVisible();
    // The lead is there with its ground, and was enrolled.
    await done.getByRole("link", { name }).click();
    await expect(page).toHaveURL(/\/leads\/lead_/);
    await expect(page.getByText("prospects", { exact: true }).first()).toBeVisible();
    await expect(page.getByText(campaign ?? "", { exact: false }).first()).toBeVisible({ timeout: 20_000 });
    expect(errors).toEqual([]);
  });
});
