// The journeys through a running installation that go with columns.spec.ts.
import { expect, type Locator, type Page, test } from "@playwright/test";
import { demo, signIn, url, visit } from "./live";

const grid = (page: Page) => page.getByRole("grid", { name: "Leads and their columns" });
const bar = (page: Page) => page.getByRole("region", { name: "Run", exact: true });

test("three columns fill the demo's leads under a cap that is reached and holds", async ({ page }) => {
  test.skip(!demo, `LEADFLOW_URL is not set: ${url}`);
  test.setTimeout(240_000);
  await signIn(page);
  await visit(page, "/leads/columns");
  const stamp = Date.now();
  const made: string[] = [];
  const make = async (name: string, fill: (dialog: Locator) => Promise<void>) => {
    await page.getByRole("button", { name: "Column", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name", { exact: true }).fill(name);
    await dialog.getByLabel("The new field's name").fill(name);
    await fill(dialog);
    await dialog.getByRole("button", { name: "Make column" }).click();
    await expect(dialog).toHaveCount(0);
    made.push(name);
  };
  await make(`City in capitals ${stamp}`, async (dialog) => {
    await dialog.getByLabel("Recipe").selectOption("formula");
    await dialog.getByLabel("Formula").fill("city | upper");
    await expect(dialog.getByRole("region", { name: "Preview" }).getByRole("listitem").first()).not.toHaveText("");
  });
  await make(`What they do ${stamp}`, async (dialog) => {
    await dialog.getByLabel("What is looked for").selectOption("company_description");
  });
  await make(`Opening ${stamp}`, async (dialog) => {
    await dialog.getByLabel("Recipe").selectOption("ai");
    await dialog.getByLabel("What the model is to do").fill("One friendly sentence on {{ company }}.");
  });
  await page.getByRole("button", { name: "Fill columns" }).click();
  const dialog = page.getByRole("dialog");
  for (const box of await dialog.getByRole("group", { name: "Columns" }).getByRole("checkbox").all()) {
    const label = await box.evaluate((input) => input.closest("label")?.textContent ?? "");
    await box.setChecked(made.some((name) => label.startsWith(name)));
  }
  // Room for the most that one answer may cost, and less than all of them come to.
  const cap = 0.06;
  await dialog.getByLabel("The most that this run may spend").fill(String(cap));
  await dialog.getByRole("button", { name: /^Fill .* rows, at most/ }).click();
  await expect(bar(page)).toContainText("Limit reached", { timeout: 180_000 });
  // What is spent stays below the cap, also some time later.
  const spent = async () => Number(/\$([\d.]+) of/.exec((await bar(page).textContent()) ?? "")?.[1]);
  expect(await spent()).toBeGreaterThan(0);
  expect(await spent()).toBeLessThanOrEqual(cap);
  await page.waitForTimeout(5_000);
  expect(await spent()).toBeLessThanOrEqual(cap);
  const capitals = grid(page).getByRole("gridcell", { name: /^[A-ZÄÖÜ][A-ZÄÖÜ -]+$/ });
  await expect(capitals.first()).toBeVisible();
  await page.getByRole("button", { name: "Stop now" }).click();
  await expect(bar(page)).toContainText("Stopped");
});
