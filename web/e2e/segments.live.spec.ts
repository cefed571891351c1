// The journeys through a running installation that go with segments.spec.ts.
import { expect, type Page, test } from "@playwright/test";
import { ready, silent, url, visit } from "./live";

const STAMP = Date.now();
const SOON = { timeout: 60_000 };

test.describe("a segment and a view at a running installation", () => {
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

  const total = (leads: string) => expect(page.getByText(leads, { exact: true }).first()).toBeVisible(SOON);

  test("leads are added", async () => {
    await page.goto("/sign-up");
    await page.getByLabel("Your name").fill("Maya Okafor");
    await page.getByLabel("Company").fill("Northquay");
    await page.getByLabel("E-mail").fill(`segments-${STAMP}@northquay.example`);
    await page.getByLabel("Password").fill("a long password");
    await page.getByRole("button", { name: "Create workspace" }).click();
    await ready(page);
    await expect(page.getByRole("heading", { name: "Add your first leads" })).toBeVisible(SOON);
    for (const [name, country] of [
      ["Anna", "DE"],
      ["Ben", "DE"],
      ["Cara", "FR"],
    ] as const) {
      await visit(page, "/leads");
      await page.getByRole("button", { name: "New lead" }).first().click();
      const dialog = page.getByRole("dialog", { name: "New lead" });
      await dialog.getByLabel("First name").fill(name);
      await dialog.getByLabel("E-mail").fill(`${name.toLowerCase()}-${STAMP}@clinic.example`);
      await dialog.getByLabel("Country").fill(country);
      await dialog.getByRole("button", { name: "Add lead" }).click();
      await expect(page).toHaveURL(/\/leads\/lead_/);
    }
    await visit(page, "/leads");
    await total("3 leads");
  });

  test("a segment is made, counted while it is built, and used as a filter", async () => {
    await visit(page, "/segments");
    await page.getByRole("button", { name: "New segment" }).first().click();
    const dialog = page.getByRole("dialog", { name: "New segment" });
    await dialog.getByLabel("Name", { exact: true }).fill("Germany");
    await dialog.getByLabel("Field of condition 1").selectOption("country");
    await dialog.getByRole("combobox", { name: "Add a value of condition 1" }).fill("DE");
    await page.keyboard.press("Enter");
    await expect(dialog.getByText("2 leads", { exact: true })).toBeVisible(SOON);
    await expect(dialog.getByRole("list", { name: "Some of them" }).getByRole("listitem")).toHaveCount(2);
    await dialog.getByRole("button", { name: "Save segment" }).click();
    const row = page.getByRole("listitem").filter({ hasText: "Country is Germany" });
    await expect(row).toContainText("2 leads", SOON);
    await row.getByRole("link", { name: "Germany" }).click();
    await total("2 leads");
    await expect(page.getByRole("row", { name: /Cara/ })).toHaveCount(0);
  });

  test("a name that is taken is refused at its field", async () => {
    await visit(page, "/segments");
    await page.getByRole("button", { name: "New segment" }).first().click();
    const dialog = page.getByRole("dialog", { name: "New segment" });
    await dialog.getByLabel("Name", { exact: true }).fill("GERMANY");
    await dialog.getByLabel("New", { exact: true }).check();
    await dialog.getByRole("button", { name: "Save segment" }).click();
    await expect(dialog.getByLabel("Name", { exact: true })).toHaveAttribute("aria-invalid", "true", SOON);
    await dialog.getByRole("button", { name: "Cancel" }).click();
  });

  test("an advanced filter is shared by its address", async () => {
    await visit(page, "/leads");
    await page.keyboard.press("f");
    await page.getByRole("button", { name: "Advanced filter" }).click();
    const dialog = page.getByRole("dialog", { name: "Advanced filter" });
    await dialog.getByLabel("Field of condition 1").selectOption("first_name");
    await dialog.getByLabel("Test of condition 1").selectOption("starts_with");
    await dialog.getByLabel("Value of condition 1").fill("c");
    await dialog.getByRole("button", { name: "Show 1 lead" }).click(SOON);
    await total("1 lead");
    await page.reload();
    await ready(page);
    await total("1 lead");
    await expect(page.getByRole("row", { name: /Cara/ })).toBeVisible();
  });

  test("a view is saved with the segment, a column and an order, and shared", async () => {
    await visit(page, "/segments");
    await page.getByRole("link", { name: "Germany" }).click();
    await page.getByRole("button", { name: "Fields shown" }).click();
    await page.getByRole("dialog", { name: "Fields shown" }).getByLabel("First name", { exact: true }).check();
    await page.getByRole("button", { name: "Show 10 fields" }).click();
    await page.getByRole("columnheader").getByRole("button", { name: "First name" }).click();
    await page.getByRole("columnheader").getByRole("button", { name: "First name" }).click();
    await expect(page.getByRole("row").nth(1)).toContainText("Anna", SOON);
    await page.getByRole("button", { name: "Save as a view" }).click();
    const dialog = page.getByRole("dialog", { name: "Save as a view" });
    await dialog.getByLabel("Name", { exact: true }).fill("German leads");
    await dialog.getByRole("button", { name: "Save view" }).click();
    await expect(page).toHaveURL(/\/leads\?view=view_\w+$/, SOON);
    await page.reload();
    await ready(page);
    await total("2 leads");
    await expect(page.getByRole("row").nth(1)).toContainText("Anna");
    await page.getByRole("button", { name: "Actions on German leads" }).click();
    await page.getByRole("menuitem", { name: "Share with everyone" }).click();
    await expect(page.getByText("German leads is shared with everyone")).toBeVisible(SOON);
  });

  test("the segment stays while the view uses it, and both are deleted one after the other", async () => {
    await visit(page, "/segments");
    await page.getByRole("button", { name: "Delete Germany" }).click();
    const told = page.getByRole("dialog", { name: "Germany is in use" });
    await expect(told).toContainText("German leads", SOON);
    await told.getByRole("button", { name: "Close" }).first().click();
    await visit(page, "/leads");
    await page.getByRole("button", { name: /^German leads/ }).click();
    await total("2 leads");
    await page.getByRole("button", { name: "Actions on German leads" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("button", { name: /^Undo/ }).click(SOON);
    await expect(page.getByRole("button", { name: /^German leads/ })).toBeVisible(SOON);
    await page.getByRole("button", { name: "Actions on German leads" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await expect(page.getByRole("button", { name: /^German leads/ })).toHaveCount(0, SOON);
    await visit(page, "/segments");
    await page.getByRole("button", { name: "Delete Germany" }).click();
    await expect(page.getByText("No segments yet")).toBeVisible(SOON);
  });
});
