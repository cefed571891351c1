// The journeys through a running installation that go with icp.spec.ts.
import { expect, type Page, test } from "@playwright/test";
import { demo, signIn, silent, visit } from "./live";

const rules = (page: Page) => page.getByRole("list", { name: "Rules" });
const save = (page: Page) => page.getByRole("button", { name: /^Save version/ }).filter({ visible: true });

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
