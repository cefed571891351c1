// A file with a choice, a number and a date fills typed fields: an unknown option is added, a value that does not fit is
// named with its line, and a column that no field takes becomes one. Then the option is renamed in the leads.
import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import { overflow, violationsInBothThemes } from "./axe";
import { fixture, ready, silent, url, visit } from "./live";

const SOON = { timeout: 60_000 };
const STAMP = Date.now();

test.describe("a file with typed columns", () => {
  test.describe.configure({ mode: "serial" });
  test.skip(!url, "LEADFLOW_URL is not set");
  test.setTimeout(180_000);
  let page: Page;
  let errors: string[];
  test.beforeAll(async ({ browser }) => {
    page = await (await browser.newContext({ locale: "en-GB" })).newPage();
    errors = silent(page);
  });
  test.afterAll(async () => {
    expect(errors).toEqual([]);
    await page.context().close();
  });

  async function looksRight() {
    for (const width of [1440, 390, 320]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await violationsInBothThemes(page)).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  }

  test("finds the fields that the workspace has made", async () => {
    await page.goto("/sign-up");
    await page.getByLabel("Your name").fill("Maya Okafor");
    await page.getByLabel("Company").fill("Northquay");
    await page.getByLabel("E-mail").fill(`typed-${STAMP}@northquay.example`);
    await page.getByLabel("Password").fill("a long password");
    await page.getByRole("button", { name: "Create workspace" }).click();
    await ready(page);
    await expect(page.getByRole("heading", { name: "Add your first leads" })).toBeVisible(SOON);
    await visit(page, "/settings/fields");
    for (const [name, kind, options] of [
      ["Plan", "choice", "Gold\nSilver"],
      ["Seats", "number", ""],
      ["Ends", "date", ""],
    ] as const) {
      await page.getByRole("button", { name: "Add a field" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Name", { exact: true }).fill(name);
      await dialog.getByLabel("Kind").selectOption(kind);
      if (options) await dialog.getByLabel("Options").fill(options);
      await dialog.getByRole("button", { name: "Add field" }).click();
      await expect(dialog).toBeHidden();
    }
    await visit(page, "/import");
    const text = (await readFile(fixture("typed.csv"), "utf8")).replaceAll("{stamp}", String(STAMP));
    const buffer = Buffer.from(text);
    await page.getByLabel("File to import").setInputFiles({ name: "typed.csv", mimeType: "text/csv", buffer });
    await expect(page.getByRole("heading", { name: "Map your columns" })).toBeVisible(SOON);
    const use = (header: string) => page.getByLabel(`${header} maps to`).locator("option:checked");
    await expect(use("Plan")).toHaveText("Plan (choice)");
    await expect(use("Seats")).toHaveText("Seats (number)");
    await expect(use("Ends")).toHaveText("Ends (date)");
    await expect(use("Colour")).toHaveText("New text field: Colour");
    await expect(page.getByLabel("Numbers").locator("option:checked")).toHaveText("1.234,5 with a decimal comma");
    await looksRight();
  });

  test("says before anything is saved which values do not fit, and adds the option that the importer wants", async () => {
    await page.getByRole("button", { name: /^Check/ }).click();
    const problems = page.getByRole("region", { name: "Rows to review" });
    await expect(problems).toContainText("'Platinum' is not one of the options: Gold, Silver", SOON);
    await expect(problems).toContainText("'many' is not a number such as 12.5");
    await expect(page.getByRole("region", { name: "Options" })).toContainText("Platinum");
    await looksRight();
    await page.getByRole("button", { name: "Add 1 option and check again" }).click();
    await expect(page.getByText("The import adds Platinum.")).toBeVisible(SOON);
    await page.getByRole("button", { name: "Import 2 leads" }).click();
    await expect(page.getByRole("heading", { name: "2 new leads" })).toBeVisible(SOON);
    await expect(page.getByRole("region", { name: "Rows to review" })).toContainText("'many'");
  });

  test("has filled the lead, and a new name of an option reaches it", async () => {
    await visit(page, "/settings/fields");
    await expect(page.getByRole("list", { name: "Custom fields" })).toContainText("Colour");
    await expect(page.getByText("Choice: Gold, Silver, Platinum")).toBeVisible();
    await page.getByRole("button", { name: "Change Plan" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Option 3").fill("Premium");
    await dialog.getByRole("button", { name: "Remove Silver" }).click();
    await expect(dialog.getByText("No lead has Silver.")).toBeVisible(SOON);
    expect(await violationsInBothThemes(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Save field" }).click();
    await expect(page.getByText("Choice: Gold, Premium")).toBeVisible();
    await visit(page, `/leads?q=bob@typed-${STAMP}.example`);
    await page
      .getByRole("link", { name: new RegExp(`bob@typed-${STAMP}`) })
      .first()
      .click();
    await ready(page);
    await expect(async () => {
      await page.reload();
      await expect(page.getByLabel("Plan").locator("option:checked")).toHaveText("Premium", { timeout: 3_000 });
    }).toPass(SOON);
    await expect(page.getByText("12.5", { exact: true })).toBeVisible();
    await expect(page.getByRole("button", { name: "Ends: 2026-04-03, edit" })).toBeVisible();
  });
});
