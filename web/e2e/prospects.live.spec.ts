// The journeys through a running installation that go with prospects.spec.ts.
import { expect, test } from "@playwright/test";
import { demo, signIn, silent, visit } from "./live";

test.describe("against a running installation", () => {
  test.skip(!demo, "needs a running installation");

  test("prospects are found, priced, added and enrolled, and never bought twice", async ({ page }) => {
    const errors = silent(page);
    await signIn(page);
    await visit(page, "/prospects");
    await page.getByLabel("Provider", { exact: true }).selectOption("apollo");
    await page.getByLabel("Job titles").fill("manager");
    await page.getByLabel("Results per page").selectOption("10");
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
