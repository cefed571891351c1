// Ideal customer profiles: one is made while its counts move, it ranks the leads with reasons, and lists go by its fit.
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

const rules = (page: Page) => page.getByRole("list", { name: "Rules" });
const weights = (page: Page) => page.getByRole("list", { name: "Weights" });
const save = (page: Page) => page.getByRole("button", { name: /^Save version/ }).filter({ visible: true });

for (const [width, height] of SIZES) {
  test(`an ICP is read, edited and saved, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/icp/icp_1");
    await expect(rules(page).getByText("5,247")).toBeVisible();
    await expect(weights(page).getByText("437")).toBeVisible();
    await expect(page.getByText("Just outside: Country is NL; asked for: Country is GB or IE")).toBeVisible();
    await sound(page);
    await page.getByRole("button", { name: /^Rule 2: Rating 3 to 5/ }).click();
    await expect(page.getByText("Not known about 412 of them:")).toBeVisible();
    await page.getByRole("button", { name: "Leave out" }).click();
    await sound(page);
    const counted = page.waitForRequest((r) => r.url().endsWith("/api/icp/preview"));
    await page.getByLabel("Value of condition 2").fill("4");
    expect((await counted).postDataJSON().rules).toHaveLength(3);
    await page.getByRole("button", { name: /^Weight 1: / }).click();
    await page.getByLabel("Points of weight 1").fill("70");
    await sound(page);
    await expect(page.getByText("120 points, scaled to 100", { exact: false })).toBeVisible();
    await save(page).click();
    await expect(page.getByText("Version 4 saved")).toBeVisible();
    expect(errors).toEqual([]);
  });
}

test("the threshold is moved by mouse and by keyboard", async ({ page }) => {
  const { errors } = await openApp(page, "/icp/icp_1");
  const slider = page.getByRole("slider", { name: "Threshold" });
  await expect(slider).toHaveAttribute("aria-valuenow", "60");
  const box = await slider.boundingBox();
  const plot = await page.getByRole("img", { name: /^Leads by fit/ }).boundingBox();
  if (!box || !plot) throw new Error("nothing is drawn");
  await page.mouse.move(box.x + box.width / 2, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(plot.x + plot.width * 0.75, box.y + 40, { steps: 6 });
  await page.mouse.up();
  await expect(slider).toHaveAttribute("aria-valuenow", "75");
  await slider.press("ArrowRight");
  await expect(slider).toHaveAttribute("aria-valuenow", "76");
  expect(errors).toEqual([]);
});

test("an ICP that is only half written is kept until the user comes back", async ({ page }) => {
  await openApp(page, "/icp/icp_1");
  await page.keyboard.press("f");
  await expect(page.getByRole("button", { name: /^Rule 4:/ })).toBeVisible();
  await page.getByRole("link", { name: "Templates" }).first().click();
  await page.getByRole("button", { name: "Leave without saving" }).click();
  await expect(page.getByRole("heading", { name: "Templates" })).toBeVisible();
  await page.goBack();
  await expect(page.getByText(/^Restored your unsaved changes/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Rule 4:/ })).toBeVisible();
});

test("an ICP that cannot be counted says so and is asked again", async ({ page }) => {
  await openApp(page, "/icp/icp_1", { failing: (url) => url.pathname === "/api/icp/preview" });
  await expect(page.getByText("The leads were not counted")).toBeVisible();
  await sound(page);
});

test("without an ICP the page offers an example that is complete", async ({ page }) => {
  const { errors } = await openApp(page, "/icp", { override: { "GET /api/icp": { items: [] } } });
  await sound(page);
  await page.getByRole("button", { name: "Start with an example" }).click();
  await expect(rules(page).getByRole("button", { name: /^Rule \d/ })).toHaveCount(2);
  await expect(weights(page).getByRole("button", { name: /^Weight \d/ })).toHaveCount(4);
  expect(errors).toEqual([]);
});

test.describe("against a running installation", () => {
  test.skip(!demo, "needs a running installation");

  test("an ICP is made, ranks the leads with reasons, and the list is sorted by fit", async ({ page }) => {
    const errors = silent(page);
    await signIn(page);
    const name = `Good clinics ${Date.now()}`;
    await visit(page, "/icp/new");
    const matching = page.getByText(/leads? match(es)?$/).first();
    await expect(matching).toBeVisible();
    await page.getByLabel("Name").fill(name);
    const all = await rules(page).getByRole("listitem").first().textContent();
    // Two rules; the counts move with each.
    await page.getByRole("button", { name: "Rule", exact: true }).click();
    await page.getByLabel("Field of condition 1").selectOption("reviews");
    await page.getByLabel("Value of condition 1").fill("100");
    const first = rules(page)
      .getByRole("listitem")
      .filter({ has: page.getByRole("button", { name: /^Rule 1:/ }) });
    await expect(first.getByText("Not known about", { exact: false })).toBeVisible();
    await page.getByRole("button", { name: "Done" }).click();
    await expect(first).not.toContainText("…");
    expect(await first.textContent()).not.toBe(all);
    const before = await matching.textContent();
    await page.getByLabel("Name").blur();
    await page.getByRole("button", { name: "Rule", exact: true }).click();
    await page.getByLabel("Field of condition 1").selectOption("rating");
    await page.getByLabel("Value of condition 1").fill("4");
    await expect(matching).not.toHaveText(before ?? "");
    await page.getByRole("button", { name: "Done" }).click();
    // Two weights.
    for (const [field, value, points] of [
      ["rating", "4.5", "60"],
      ["reviews", "400", "40"],
    ] as const) {
      await page.getByRole("button", { name: "Weight", exact: true }).click();
      await page.getByLabel("Field of condition 1").selectOption(field);
      await page.getByLabel("Value of condition 1").fill(value);
      await page.getByLabel(/^Points of weight/).fill(points);
      await page.getByRole("button", { name: "Done" }).click();
    }
    await expect(page.getByText("100 points, of the", { exact: false })).toBeVisible();
    await save(page).click();
    await expect(page.getByText(`${name} saved`)).toBeVisible();
    await expect(page).toHaveURL(/\/icp\/icp_/);
    // Leads are ranked, with reasons.
    const sample = page.getByRole("table");
    await expect(sample.getByText(/Rating \d/).first()).toBeVisible();
    const fits = (await sample.locator("tbody td.font-semibold").allTextContents()).map(Number);
    expect(fits).toEqual([...fits].sort((a, b) => b - a));
    expect(fits.length).toBeGreaterThan(1);
    // The view is sorted by fit, and the lead's page says why.
    await page.getByRole("button", { name: "Save as view" }).filter({ visible: true }).click();
    await expect(page.getByText(`View ${name} saved`, { exact: false })).toBeVisible();
    const main = page.getByRole("button", { name: "Make it the main ICP" });
    if (await main.isVisible()) {
      await main.click();
      await expect(page.getByText(`${name} is the main ICP`)).toBeVisible();
    }
    await visit(page, "/leads?sort=-fit&cols=name,fit");
    const cells = page.getByRole("row").locator('[role="gridcell"], td');
    await expect(cells.filter({ hasText: /^\d+$/ }).first()).toBeVisible();
    const shown = (await cells.filter({ hasText: /^\d+$/ }).allTextContents()).map(Number);
    expect(shown[0]).toBe(Math.max(...shown));
    expect(shown).toEqual([...shown].sort((a, b) => b - a));
    await page.getByRole("row").nth(1).getByRole("link").first().click();
    const card = page.getByRole("region", { name: "Fit" });
    await expect(card.getByText("of 100, a good fit")).toBeVisible();
    await expect(card.getByRole("list", { name: "What adds to fit" }).getByRole("listitem")).toHaveCount(2);
    expect(errors).toEqual([]);
  });
});
