// A new workspace from sign-up on, and every page of the demo workspace.
import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import { overflow, violations } from "./axe";
import { demo, fixture, proveWhenAsked, ready, sandbox, signIn, silent, url, visit } from "./live";

test.describe("a new workspace", () => {
  test.skip(!url, "LEADFLOW_URL is not set");
  test.describe.configure({ mode: "serial" });
  let page: Page;
  test.beforeAll(async ({ browser }) => {
    page = await browser.newPage();
    await proveWhenAsked(page, "a long password");
  });
  test.afterAll(async () => {
    await page.close();
  });

  test("is opened by signing up, and says what comes first", async () => {
    await visit(page, "/sign-up");
    await page.getByLabel("Your name").fill("Maya Okafor");
    await page.getByLabel("Company").fill("Northquay");
    await page.getByLabel("E-mail").fill(`maya-${Date.now()}+silent@northquay.example`);
    await page.getByLabel("Password").fill("a long password");
    await page.getByLabel("Country").fill("GB");
    await page.getByRole("button", { name: "Create workspace" }).click();
    await expect(page.getByRole("heading", { name: "Add your first leads" })).toBeVisible();
    await page.reload();
    await ready(page);
    await expect(page.getByRole("heading", { name: "Add your first leads" })).toBeVisible();
  });

  test("takes a file in, and accounts for each of its rows", async () => {
    await visit(page, "/import");
    await page.getByLabel("File to import").setInputFiles(fixture("clinics.csv"));
    await expect(page.getByText("semicolons", { exact: false })).toBeVisible();
    await expect(page.getByRole("combobox", { name: "tel maps to" })).toHaveValue("phone");
    await expect(page.getByRole("combobox", { name: "business_name maps to" })).toHaveValue("company");
    await page.getByRole("button", { name: /^Check/ }).click();
    await page.getByRole("button", { name: /^Import 3 leads/ }).click({ timeout: 30_000 });
    await expect(page.getByRole("heading", { name: "3 new leads" })).toBeVisible({ timeout: 30_000 });
    await page.getByRole("link", { name: "View leads" }).click();
    await expect(page.getByRole("row", { name: /Elena Marsh/ })).toBeVisible({ timeout: 30_000 });
    await visit(page, "/import");
    await page.getByLabel("File to import").setInputFiles(fixture("clinics.csv"));
    await expect(page.getByText("This file was already imported, so nothing was changed.")).toBeVisible();
  });

  test("asks of which country numbers without a code are", async () => {
    const file = (await readFile(fixture("american.csv"), "utf8")).replaceAll("{stamp}", String(Date.now()));
    await visit(page, "/import");
    const buffer = Buffer.from(file);
    await page.getByLabel("File to import").setInputFiles({ name: "american.csv", mimeType: "text/csv", buffer });
    const question = page.getByRole("group", { name: /without a country code$/ });
    await expect(question).toContainText("For example 732-356-7405x362");
    await expect(question.getByRole("radio", { name: /United States/ })).toBeChecked();
    const phone = page.getByRole("row", { name: /^Phone / });
    await expect(phone).toContainText("4 of 4");
    await question.getByRole("radio", { name: /United Kingdom/ }).check();
    await expect(phone).not.toContainText("4 of 4");
    await question.getByRole("radio", { name: /United States/ }).check();
    await expect(phone).toContainText("4 of 4");
    await page.getByRole("button", { name: /^Check/ }).click();
    await page.getByRole("button", { name: /^Import 4 leads/ }).click({ timeout: 30_000 });
    await expect(page.getByRole("heading", { name: "4 new leads" })).toBeVisible({ timeout: 30_000 });
    await page.getByRole("link", { name: "View leads" }).click();
    await page.getByRole("link", { name: "Ann Oak" }).click();
    await expect(page.getByText(/^\+1 ?732/).first()).toBeVisible();
  });

  test("changes a lead in its row, and takes the change back", async () => {
    await visit(page, "/leads");
    const stage = page.getByRole("combobox", { name: "Stage of Elena Marsh" });
    await stage.selectOption("qualified");
    await expect(page.getByText("Moved Elena Marsh to Qualified")).toBeVisible();
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(stage).toHaveValue("new");
  });

  test("connects a mailbox, and names what is wrong with one", async () => {
    await visit(page, "/settings/mailboxes");
    await page.getByRole("region", { name: "Mailbox by SMTP" }).getByRole("button", { name: "Connect" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Label", { exact: true }).fill("Maya's mailbox");
    await dialog.getByLabel("From name").fill("Maya Okafor");
    await dialog.getByLabel("Address", { exact: true }).fill("not an address");
    await dialog.getByLabel("SMTP server").fill("localhost");
    await dialog.getByLabel("Port").fill(String(Number(new URL(sandbox()).port) + 1));
    await dialog.getByLabel("Security").selectOption("none");
    await dialog.getByLabel("User name").fill("outbox@sandbox.leadflow.test");
    await dialog.getByLabel("Password").fill("a wrong guess");
    await dialog.getByRole("button", { name: "Connect" }).click();
    await expect(dialog.locator("[aria-invalid=true]").first()).toBeVisible();
    await dialog.getByLabel("Address", { exact: true }).fill("outbox@sandbox.leadflow.test");
    await expect(dialog.getByText("leadflow cannot read replies to outbox@sandbox.leadflow.test.")).toBeVisible();
    await dialog.getByRole("button", { name: "Connect" }).click();
    await expect(dialog).toHaveCount(0);
  });

  test("says at once that a password is wrong, and tries again when it is right", async () => {
    const mailbox = page.getByRole("region", { name: "Mailbox by SMTP" });
    await expect(mailbox.getByText("Failing", { exact: true })).toBeVisible();
    await expect(mailbox.getByText(/535 /)).toBeVisible();
    await expect(mailbox.getByText(/app password/)).toBeVisible();
    await expect(page.getByRole("link", { name: "Maya's mailbox is failing" })).toBeVisible();
    await mailbox.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByText(/Maya's mailbox does not work/)).toBeVisible();
    await mailbox.getByRole("button", { name: "Change" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("SMTP server").fill("nobody.invalid");
    await dialog.getByLabel("Security").selectOption("start_tls");
    await dialog.getByLabel("Password").fill("sandbox-smtp-password");
    await dialog.getByRole("button", { name: "Save changes" }).click();
    await expect(dialog).toHaveCount(0, { timeout: 20_000 });
    await expect(mailbox.getByText(/No server has this name/)).toBeVisible();
    await mailbox.getByRole("button", { name: "Change" }).click();
    await dialog.getByLabel("SMTP server").fill("localhost");
    await dialog.getByLabel("Security").selectOption("none");
    await dialog.getByLabel("Password").fill("sandbox-smtp-password");
    await dialog.getByRole("button", { name: "Save changes" }).click();
    await expect(dialog).toHaveCount(0);
    await expect(mailbox.getByText("Connected", { exact: true })).toBeVisible();
    await mailbox.getByRole("link", { name: "Maya's mailbox" }).click();
    await expect(page.getByText("Replies to Maya's mailbox do not stop sequences.")).toBeVisible();
    const send = page.getByRole("button", { name: "Send me a test e-mail" });
    const told = page.getByText(/^Test e-mail (sent )?to maya-/);
    await send.click();
    await expect(told).toBeVisible();
    // The sandbox greylists some addresses, as real servers do: a second later it takes the mail.
    if (/greylisted/.test((await told.textContent()) ?? "")) await send.click();
    await expect(page.getByText(/^Test e-mail sent to maya-/)).toBeVisible();
  });

  test("keeps the days on which nothing goes out", async () => {
    await visit(page, "/settings/days-off");
    await expect(page.getByText("No days off yet")).toBeVisible();
    await page.getByRole("button", { name: "Add day" }).click();
    await expect(page.getByText("Choose a date.")).toBeVisible();
    await page.getByLabel("Date", { exact: true }).fill("2027-12-24");
    await page.getByLabel("Name of the day").fill("Christmas Eve");
    await page.getByLabel("Every year").check();
    await page.getByRole("button", { name: "Add day" }).click();
    await expect(page.getByRole("cell", { name: "Christmas Eve", exact: true })).toBeVisible();
    await page.reload();
    await page.getByRole("button", { name: "Remove Christmas Eve" }).click();
    await expect(page.getByText("No days off yet")).toBeVisible();
  });

  test("keeps a list of who is not written to", async () => {
    await visit(page, "/settings/suppression");
    await page.getByLabel("Address, domain or number").fill("rude@example.com");
    await page.getByRole("button", { name: "Add to list" }).click();
    await expect(page.getByRole("cell", { name: "rude@example.com", exact: true })).toBeVisible();
  });

  test("signs out, and the door is shown", async () => {
    await page.getByRole("button", { name: /Maya Okafor/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
    await page.goto("/leads");
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
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
  "/settings/days-off",
  "/settings/mailboxes",
  "/settings/numbers",
  "/settings/providers",
  "/settings/suppression",
  "/settings/profile",
  "/settings/notifications",
  "/settings/self-check",
  "/settings/team",
  "/settings/writing",
];

test.describe("the demo workspace", () => {
  test.skip(!demo, "LEADFLOW_URL, LEADFLOW_EMAIL and LEADFLOW_PASSWORD are not set");
  test.setTimeout(120_000);

  test("every page loads without a problem, and axe finds nothing", async ({ page }) => {
    const errors = silent(page);
    await signIn(page);
    for (const place of PLACES) {
      await visit(page, place);
      await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
      await expect(page.getByText(/did not load/)).toHaveCount(0);
      expect((await violations(page)).map((v) => `${place} ${v}`)).toEqual([]);
    }
    expect(errors).toEqual([]);
  });

  test("looks at its own parts, and reaches itself by its public address", async ({ page }) => {
    await signIn(page);
    await visit(page, "/settings/self-check");
    const works = page.getByRole("region", { name: "What works" });
    for (const name of ["Frontend loads", "Sign-in works", "Dashboard and leads show data"])
      await expect(works.getByRole("listitem").filter({ hasText: name })).toContainText("Fine");
    const address = page.getByRole("region", { name: "The public address" });
    await expect(address).toContainText("The function provider_webhooks answers.");
    await expect(address).toContainText("The function tracking answers.");
    await expect(page.getByRole("region", { name: "Storage" })).not.toContainText("Broken");
    await page.getByRole("button", { name: "Check again" }).click();
    await expect(page.getByRole("button", { name: "Check again" })).toBeEnabled();
  });

  test("is usable on a phone, in the dark", async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await signIn(page);
    await page.getByRole("button", { name: "Search or run a command" }).click();
    await page.getByRole("combobox", { name: "Search or run a command" }).fill("dark");
    await page.keyboard.press("Enter");
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await page.reload();
    await ready(page);
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    const bar = page.getByRole("navigation", { name: "Main" });
    await bar.getByRole("link", { name: "Leads" }).click();
    await page.getByRole("row").first().getByRole("link").first().click();
    await expect(page.getByRole("list", { name: "Timeline" })).toBeVisible();
    await page.getByRole("button", { name: "Facts" }).click();
    await expect(page.getByRole("region", { name: "Contact" })).toBeVisible();
    await bar.getByRole("button", { name: "More" }).click();
    await page.getByRole("button", { name: "Revenue" }).click();
    await expect(page).toHaveURL(/\/revenue$/);
    for (const place of PLACES) {
      await visit(page, place);
      await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
      expect([place, await overflow(page)]).toEqual([place, 0]);
    }
  });
});
