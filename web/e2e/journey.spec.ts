// The story in a browser against a running installation: `LEADFLOW_URL`, and a demo sign-in in `LEADFLOW_EMAIL` and `LEADFLOW_PASSWORD`.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";

const url = process.env.LEADFLOW_URL;
const email = process.env.LEADFLOW_EMAIL;
const password = process.env.LEADFLOW_PASSWORD;

const ready = (page: Page) => page.locator("html[data-ready]").waitFor({ state: "attached" });
const silent = (page: Page) => {
  const errors: string[] = [];
  page.on("pageerror", (e) => errors.push(String(e)));
  page.on("console", (m) => {
    if (m.type() === "error" && !m.text().includes("Failed to load resource")) errors.push(m.text());
  });
  return errors;
};

async function signIn(page: Page) {
  await page.goto("/sign-in");
  await ready(page);
  await page.getByLabel("E-mail").fill(email ?? "");
  await page.getByLabel("Password").fill(password ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Today" })).toBeVisible();
}

test.describe("a new workspace", () => {
  test.skip(!url, "LEADFLOW_URL is not set");
  test.describe.configure({ mode: "serial" });
  let page: Page;
  test.beforeAll(async ({ browser }) => {
    page = await browser.newPage();
  });
  test.afterAll(async () => {
    await page.close();
  });

  test("is opened by signing up, and says what comes first", async () => {
    await page.goto("/sign-up");
    await ready(page);
    await page.getByLabel("Your name").fill("Maya Okafor");
    await page.getByLabel("Company").fill("Northquay");
    await page.getByLabel("E-mail").fill(`maya-${Date.now()}@northquay.example`);
    await page.getByLabel("Password").fill("a long password");
    await page.getByLabel("Country").fill("GB");
    await page.getByRole("button", { name: "Open the workspace" }).click();
    await expect(page.getByRole("heading", { name: "Bring in the first leads" })).toBeVisible();
    await page.reload();
    await ready(page);
    await expect(page.getByRole("heading", { name: "Bring in the first leads" })).toBeVisible();
  });

  test("takes a file in, and accounts for each of its rows", async () => {
    await page.goto("/import");
    await ready(page);
    await page.getByLabel("File to import").setInputFiles(new URL("./fixtures/clinics.csv", import.meta.url).pathname);
    await expect(page.getByText("Where does each column go?")).toBeVisible();
    await expect(page.getByText("semicolons", { exact: false })).toBeVisible();
    await expect(page.getByRole("combobox", { name: "mail goes to" })).toHaveValue("email");
    await expect(page.getByRole("combobox", { name: "tel goes to" })).toHaveValue("phone");
    await expect(page.getByRole("combobox", { name: "business_name goes to" })).toHaveValue("company");
    await page.getByRole("button", { name: /^Check/ }).click();
    await page.getByRole("button", { name: /^Import 3 leads/ }).click({ timeout: 30_000 });
    await expect(page.getByRole("heading", { name: "3 new leads" })).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText("No usable e-mail or phone, left out")).toBeVisible();
    await page.getByRole("link", { name: "See the leads" }).click();
    await expect(page.getByRole("row", { name: /Elena Marsh/ })).toBeVisible({ timeout: 30_000 });
    await expect(page.getByRole("row", { name: /Marcus Hale/ })).toBeVisible();
  });

  test("changes a lead in its row, and takes the change back", async () => {
    const stage = page.getByRole("combobox", { name: "Stage of Elena Marsh" });
    await stage.selectOption("qualified");
    await expect(page.getByText("Moved Elena Marsh to Qualified")).toBeVisible();
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(stage).toHaveValue("new");
  });

  test("writes a sequence and previews it for a real lead", async () => {
    await page.goto("/sequences/new");
    await ready(page);
    await page.getByLabel("Name").fill("First touch");
    await page.getByLabel("Subject of step 1").fill("{{ company }}, 2 minutes?");
    await page.getByLabel("Text of step 1").fill('Hi {{ first_name | default("there") }}, see {{ preview_url }}');
    await page.getByRole("button", { name: "Add a step" }).click();
    await page.getByRole("group", { name: "Channel of step 2" }).getByRole("button", { name: "SMS" }).click();
    await page.getByLabel("Text of step 2").fill("Did you see it? Reply STOP to opt out.");
    await page.getByRole("button", { name: "Save the sequence" }).click();
    await expect(page.getByText("Saved as version 1")).toBeVisible();
    await expect(page.getByText(/, 2 minutes\?$/).first()).toBeVisible();
  });

  test("makes a campaign and enrols people in it", async () => {
    await page.goto("/campaigns");
    await ready(page);
    await page.getByRole("button", { name: "New campaign" }).first().click();
    await page.getByRole("dialog").getByLabel("Name").fill("Clinics, autumn");
    await page.getByRole("dialog").getByLabel("Sequence").selectOption({ label: "First touch, v1" });
    await page.getByRole("button", { name: "Make the draft" }).click();
    await expect(page.getByRole("heading", { name: "Clinics, autumn" })).toBeVisible();
    await page.getByRole("button", { name: "Add people" }).click();
    await page.getByRole("button", { name: "Add 3 people" }).click();
    await page.getByRole("button", { name: "Enrol 3 people" }).click();
    await expect(page.getByRole("row", { name: /Elena Marsh/ })).toBeVisible({ timeout: 20_000 });
    await expect(page.getByText("Not started").last()).toBeVisible();
  });
});

const PLACES = [
  "/",
  "/leads",
  "/import",
  "/sequences",
  "/campaigns",
  "/inbox",
  "/templates",
  "/revenue",
  "/clients",
  "/queue",
  "/settings/company",
  "/settings/mailboxes",
  "/settings/numbers",
  "/settings/providers",
  "/settings/suppression",
  "/settings/team",
  "/settings/writing",
];

test.describe("the demo workspace", () => {
  test.skip(!url || !email || !password, "LEADFLOW_URL, LEADFLOW_EMAIL and LEADFLOW_PASSWORD are not set");
  test.setTimeout(180_000);

  test("every page loads without a problem, and axe finds nothing", async ({ page }) => {
    const errors = silent(page);
    await signIn(page);
    for (const place of PLACES) {
      await page.goto(place);
      await ready(page);
      await page.waitForTimeout(400);
      await expect(page.getByText(/did not load/)).toHaveCount(0);
      const found = await new AxeBuilder({ page }).analyze();
      expect(found.violations.map((v) => `${place} ${v.id}: ${v.nodes[0]?.target}`)).toEqual([]);
    }
    expect(errors).toEqual([]);
  });

  test("something is sent, somebody answers, and the answer is answered", async ({ page }) => {
    await signIn(page);
    await page.goto("/inbox");
    await ready(page);
    const conversations = page.getByRole("list", { name: "Conversations" }).getByRole("button");
    await expect(conversations.first()).toBeVisible({ timeout: 120_000 });
    await conversations.first().click();
    const box = page.getByRole("textbox", { name: /^(Message|SMS text)$/ });
    if (await box.count()) {
      await box.fill("Thank you, I will call you tomorrow.");
      await page.getByRole("button", { name: /^Send/ }).click();
      await expect(page.getByText("Answer handed over")).toBeVisible();
    }
  });
});
