// The journeys through a running installation that go with merge.spec.ts.
import { expect, type Page, test } from "@playwright/test";
import { ready, silent, url, visit } from "./live";

const STAMP = Date.now();
const SOON = { timeout: 60_000 };

test.describe("a merge at a running installation", () => {
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
  const mail = (name: string) => `${name}-${STAMP}@quarry.example`;

  test("leads are added, two of them one person", async () => {
    await page.goto("/sign-up");
    await page.getByLabel("Your name").fill("Maya Okafor");
    await page.getByLabel("Company").fill("Northquay");
    await page.getByLabel("E-mail").fill(`merge-${STAMP}@northquay.example`);
    await page.getByLabel("Password").fill("a long password");
    await page.getByRole("button", { name: "Create workspace" }).click();
    await ready(page);
    await expect(page.getByRole("heading", { name: "Add your first leads" })).toBeVisible(SOON);
    for (const [first, last, company, address] of [
      ["Anna", "Stone", "Quarry", mail("anna")],
      ["Anna", "Stone", "Quarry", mail("anna.stone")],
      ["Bruno", "Vale", "Vale Motors", mail("bruno")],
      ["Bruno", "Valley", "Valley Garage", mail("valley")],
    ] as const) {
      await visit(page, "/leads");
      await page.getByRole("button", { name: "New lead" }).first().click();
      const dialog = page.getByRole("dialog", { name: "New lead" });
      await dialog.getByLabel("First name").fill(first);
      await dialog.getByLabel("Last name").fill(last);
      await dialog.getByLabel("Company").fill(company);
      await dialog.getByLabel("E-mail").fill(address);
      await dialog.getByRole("button", { name: "Add lead" }).click();
      await expect(page).toHaveURL(/\/leads\/lead_/);
    }
    await visit(page, "/leads");
    await total("4 leads");
  });

  test("duplicates are found and merged: the lead that stays shows both, and the group is gone", async () => {
    await visit(page, "/leads/duplicates");
    await page.getByRole("button", { name: "Search for duplicates" }).click();
    await page.getByRole("link", { name: "Merge: Anna Stone, Anna Stone" }).click(SOON);
    const addresses = page.getByRole("row", { name: /^E-mail/ });
    await expect(addresses).toContainText(mail("anna.stone"), SOON);
    await expect(addresses.getByRole("radio")).toHaveCount(0);
    const others = (await page
      .getByRole("radio", { name: /^Anna Stone stays/, checked: false })
      .getAttribute("aria-label")) as string;
    const other = others.includes(mail("anna.stone")) ? mail("anna.stone") : mail("anna");
    await page.getByRole("button", { name: "Merge 2 leads" }).click();
    await expect(page).toHaveURL(/\/leads\/lead_/, SOON);
    await expect(page.getByText("Merged 2 leads into Anna Stone")).toBeVisible();
    await expect(page.getByRole("region", { name: "Merged leads" })).toContainText(other, SOON);
    await expect(page.getByText("Anna Stone was merged into this lead")).toBeVisible(SOON);
    const lead = page.url();
    await visit(page, "/leads/duplicates");
    await expect(page.getByText(/^Compared 4 leads/)).toBeVisible(SOON);
    await expect(page.getByRole("link", { name: "Merge: Anna Stone, Anna Stone" })).toHaveCount(0, SOON);
    await visit(page, "/leads");
    await total("3 leads");
    await page.goto(lead);
    await ready(page);
  });

  test("the merge is undone after a question, and both are in the list again", async () => {
    const card = page.getByRole("region", { name: "Merged leads" });
    await card.getByRole("button", { name: "Undo merge: Anna Stone" }).click(SOON);
    await page.getByRole("dialog").getByRole("button", { name: "Undo merge" }).click();
    await expect(page.getByText("Anna Stone is a lead of its own again")).toBeVisible(SOON);
    await expect(card).toHaveCount(0, SOON);
    await expect(page.getByText("Merge undone")).toBeVisible(SOON);
    await visit(page, "/leads");
    await total("4 leads");
    await expect(page.getByRole("row", { name: /Anna Stone/ })).toHaveCount(2);
  });

  test("two ticked leads are merged into the other one, with a field chosen; its old address leads there", async () => {
    await page.getByRole("link", { name: "Bruno Vale", exact: true }).click();
    await expect(page.getByRole("heading", { level: 2, name: "Bruno Vale", exact: true })).toBeVisible(SOON);
    const old = page.url();
    await visit(page, "/leads");
    await page.getByRole("checkbox", { name: "Select Bruno Vale", exact: true }).check();
    await page.getByRole("checkbox", { name: "Select Bruno Valley", exact: true }).check();
    await page.getByRole("region", { name: "Selected leads" }).getByRole("button", { name: "Merge" }).click();
    await page.getByRole("radio", { name: "Bruno Valley stays" }).check(SOON);
    await expect(page.getByRole("radio", { name: "Valley Garage, Company of Bruno Valley" })).toBeChecked(SOON);
    await page.getByRole("radio", { name: "Vale Motors, Company of Bruno Vale", exact: true }).check();
    await expect(
      page
        .getByRole("row", { name: /^Company/ })
        .getByRole("cell")
        .last(),
    ).toHaveText("Vale Motors");
    await page.getByRole("button", { name: "Merge 2 leads" }).click();
    await expect(page.getByRole("heading", { level: 2, name: "Bruno Valley" })).toBeVisible(SOON);
    await expect(page.getByRole("button", { name: "Company: Vale Motors, edit" })).toBeVisible(SOON);
    await expect(page.getByRole("button", { name: `E-mail: ${mail("valley")}, edit` })).toBeVisible();
    const lead = page.url();
    await page.goto(old);
    await ready(page);
    await expect(page).toHaveURL(lead, SOON);
    await expect(page.getByText("Merged into Bruno Valley")).toBeVisible();
  });

  test("Undo in the toast parts leads that were just merged", async () => {
    await visit(page, "/leads");
    await total("3 leads");
    await page.getByRole("checkbox", { name: "Select Anna Stone", exact: true }).first().check();
    await page.getByRole("checkbox", { name: "Select Anna Stone", exact: true }).last().check();
    await page.getByRole("region", { name: "Selected leads" }).getByRole("button", { name: "Merge" }).click();
    await page.getByRole("button", { name: "Merge 2 leads" }).click(SOON);
    const parted = page.waitForResponse((response) => response.url().endsWith("/unmerge"));
    await page.getByLabel("Latest actions").getByRole("button", { name: /^Undo/ }).click(SOON);
    expect((await parted).ok()).toBe(true);
    await visit(page, "/leads");
    await total("3 leads");
    await expect(page.getByRole("row", { name: /Anna Stone/ })).toHaveCount(2, SOON);
  });
});
