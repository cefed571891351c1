// Mailboxes connected by clicking: at Google and Microsoft on their pages, and by SMTP with the servers that are proposed.
// A campaign is sent from both, and a reply arrives in the inbox.
import { expect, type Locator, type Page, test } from "@playwright/test";
import { overflow, violationsInBothThemes } from "./axe";
import { atMailbox, proveWhenAsked, ready, sandbox, silent, url, visit } from "./live";

const SOON = { timeout: 60_000 };
const STAMP = Date.now();
const OWN = `maya-${STAMP}@northquay.example`;
const LEADS = ["petra", "sam"].map((name) => `${name}-${STAMP}+silent@first.example`);

/** A sequence of one e-mail that goes out at any hour of any day. */
const SEQUENCE = {
  format: "leadflow.sequence",
  version: 1,
  name: "One e-mail",
  window: { weekdays: [1, 2, 3, 4, 5, 6, 7], ranges: [{ start: 0, end: 1440 }] },
  steps: [
    {
      id: "step-1",
      kind: "email",
      delay: { amount: 0, unit: "days" },
      subject: "Your bookings",
      body: "Hello,\n\ndo you take bookings online?",
    },
  ],
};

test.describe("a new workspace", () => {
  test.describe.configure({ mode: "serial" });
  test.skip(!url, "LEADFLOW_URL is not set");
  test.setTimeout(300_000);
  let page: Page;
  let errors: string[];
  test.beforeAll(async ({ browser }) => {
    page = await (await browser.newContext({ locale: "en-GB" })).newPage();
    errors = silent(page);
    await proveWhenAsked(page, "a long password");
  });
  test.afterAll(async () => {
    expect(errors).toEqual([]);
    await page.context().close();
  });

  const section = (name: string) => page.getByRole("region", { name, exact: true });
  const field = (name: string) => page.getByRole("dialog").getByLabel(name, { exact: true });
  const fill = async (texts: Record<string, string>) => {
    for (const [label, text] of Object.entries(texts)) await field(label).fill(text);
  };
  const readable = async () => {
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await violationsInBothThemes(page)).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  };

  test("has leads and an address of its company", async () => {
    await page.goto("/sign-up");
    await page.getByLabel("Your name").fill("Maya Okafor");
    await page.getByLabel("Company").fill("Northquay");
    await page.getByLabel("E-mail").fill(OWN);
    await page.getByLabel("Password").fill("a long password");
    await page.getByRole("button", { name: "Create workspace" }).click();
    await ready(page);
    await expect(page.getByRole("heading", { name: "Add your first leads" })).toBeVisible(SOON);
    await visit(page, "/import");
    const rows = LEADS.map((email) => `${email.split("-")[0]} First,First Clinic,${email},GB`);
    await page.getByLabel("File to import").setInputFiles({
      name: "leads.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(["full_name,company,email,country", ...rows].join("\n")),
    });
    await page.getByRole("button", { name: /^Check/ }).click();
    await page.getByRole("button", { name: /^Import 2 leads/ }).click(SOON);
    await expect(page.getByRole("heading", { name: "2 new leads" })).toBeVisible(SOON);
    await page.getByRole("link", { name: "Today" }).click();
    const guide = page.getByRole("region", { name: "To your first e-mail" });
    await guide.getByLabel("Postal address").fill("1 Harbour Walk, Bristol BS1 5DB", SOON);
    await guide.getByRole("button", { name: "Save" }).click();
    await expect(guide.getByRole("link", { name: "Company, done" })).toBeVisible(SOON);
  });

  test("connects a mailbox at Google, after its owner first refused", async () => {
    await visit(page, "/settings/mailboxes");
    await expect(page.getByText("No mailbox is connected")).toBeVisible();
    await section("Mailbox at Google").getByRole("button", { name: "Connect" }).click();
    await expect(page.getByRole("region", { name: "OAuth client" })).toContainText("/settings/accounts/connected");
    await readable();
    await fill({
      Label: "Maya at Google",
      Address: OWN,
      "From name": "Maya Okafor",
      "Client ID": "sandbox-google-client",
      "Client secret": "sandbox-google-client-secret",
      "API URL": `${sandbox()}/google`,
    });
    await page.getByRole("button", { name: "Save and connect" }).click();
    // The dialog has a button of the same name: the provider's page comes first.
    await expect(page.getByRole("button", { name: "Allow" })).toBeVisible(SOON);
    await page.getByRole("button", { name: "Cancel" }).click();
    await expect(page.getByText("The mailbox is not connected")).toBeVisible(SOON);
    await page.getByRole("link", { name: "Back to mailboxes" }).click();
    const row = section("Mailbox at Google").getByRole("listitem");
    await expect(row.getByText("Not connected", { exact: true })).toBeVisible();
    await row.getByRole("button", { name: "Connect" }).click();
    await expect(page.getByLabel("Mailbox", { exact: true })).toHaveValue(OWN);
    await page.getByRole("button", { name: "Allow" }).click();
    const health = page.getByRole("region", { name: "Health" });
    await expect(health.getByText("Connected", { exact: true })).toBeVisible(SOON);
    await expect(health.getByText(`Connected as ${OWN} since today`)).toBeVisible();
    await expect(health.getByText(/^Replies last read today/)).toBeVisible({ timeout: 180_000 });
    await readable();
    await health.getByRole("button", { name: "Disconnect", exact: true }).click();
    await expect(health.getByRole("alert")).toContainText("nothing is sent from this mailbox");
    await health.getByRole("button", { name: "Keep it connected" }).click();
    await expect(health.getByRole("alert")).toHaveCount(0);
  });

  test("says that the access was taken back, and connects again", async () => {
    const form = { provider: "Google", address: OWN };
    expect((await page.request.post(`${sandbox()}/grants`, { form })).ok()).toBe(true);
    const health = page.getByRole("region", { name: "Health" });
    await health.getByRole("button", { name: "Test connection" }).click();
    await expect(health.getByText(/^Was connected as/)).toBeVisible(SOON);
    await expect(health.getByText(/Nothing is sent or read until it is connected again/)).toBeVisible();
    await expect(page.getByText(/in a minute/)).toHaveCount(0);
    await readable();
    await page.screenshot({ path: test.info().outputPath("lost-grant.png") });
    await health.getByRole("button", { name: "Connect again" }).click();
    await page.getByRole("button", { name: "Allow" }).click(SOON);
    await expect(health.getByText("Connected", { exact: true })).toBeVisible(SOON);
  });

  test("is led from the SMTP form to Microsoft, and connects there", async () => {
    await visit(page, "/settings/mailboxes");
    await section("Mailbox by SMTP").getByRole("button", { name: "Connect" }).click();
    const address = `maya-${STAMP}@at-microsoft.example`;
    await fill({ Label: "Maya at Microsoft", Address: address });
    await page.getByRole("button", { name: "Connect at Microsoft instead" }).click(SOON);
    await expect(page.getByRole("dialog", { name: "Connect: Mailbox at Microsoft 365" })).toBeVisible();
    await expect(field("Address")).toHaveValue(address);
    await fill({
      "From name": "Maya Okafor",
      "Client ID": "sandbox-microsoft-client",
      "Client secret": "sandbox-microsoft-client-secret",
      "Directory (tenant) ID": "northquay.example",
      "API URL": `${sandbox()}/microsoft`,
    });
    await page.getByRole("button", { name: "Save and connect" }).click();
    await page.getByRole("button", { name: "Allow" }).click(SOON);
    const health = page.getByRole("region", { name: "Health" });
    await expect(health.getByText("Connected", { exact: true })).toBeVisible(SOON);
    await health.getByRole("button", { name: "Test connection" }).click();
    await expect(page.getByText("Maya at Microsoft works: connected and logged in")).toBeVisible(SOON);
  });

  test("is proposed the servers of an SMTP mailbox, and told what is wrong with it", async () => {
    await visit(page, "/settings/mailboxes");
    const mailbox = section("Mailbox by SMTP");
    await mailbox.getByRole("button", { name: "Connect" }).click();
    await fill({ Label: "Outbox", Address: `maya-${STAMP}@at-strato.example`, "From name": "Maya Okafor" });
    await expect(field("SMTP server")).toHaveValue("smtp.strato.de", SOON);
    await expect(field("Port")).toHaveValue("465");
    await expect(field("IMAP server")).toHaveValue("imap.strato.de");
    await expect(page.getByText(/because Strato takes the mail for at-strato.example/)).toBeVisible();
    await readable();
    await fill({
      "SMTP server": "localhost",
      Port: String(Number(new URL(sandbox()).port) + 1),
      "User name": "outbox@sandbox.leadflow.test",
      Password: "a wrong guess",
      "IMAP server": "",
    });
    await field("Security").selectOption("none");
    await page.getByRole("dialog").getByRole("button", { name: "Connect" }).click();
    await expect(page.getByRole("dialog")).toHaveCount(0, SOON);
    await expect(mailbox.getByText("Failing", { exact: true })).toBeVisible();
    await expect(mailbox.getByText(/535 /)).toBeVisible();
    await mailbox.getByRole("button", { name: "Change" }).click();
    await field("Password").fill("sandbox-smtp-password");
    await page.getByRole("button", { name: "Save changes" }).click();
    await expect(mailbox.getByText("Connected", { exact: true })).toBeVisible(SOON);
  });

  test("sends a campaign from both, and sees a reply in the inbox", async () => {
    await visit(page, "/sequences");
    await page.getByLabel("Sequence file").setInputFiles({
      name: "one.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify(SEQUENCE)),
    });
    await page.getByRole("button", { name: "Save sequence" }).click();
    await expect(page.getByText(/^Saved as version/)).toBeVisible(SOON);
    await visit(page, "/campaigns");
    await page.getByRole("button", { name: "New campaign" }).first().click();
    await field("Name").fill("From both");
    await field("Sequence").selectOption({ label: "One e-mail, v1" });
    for (const [name, on] of [
      ["Maya at Google", true],
      ["Maya at Microsoft", true],
      ["Outbox", false],
    ] as const)
      await page
        .getByRole("dialog")
        .getByLabel(new RegExp(`^${name}`))
        .setChecked(on);
    await page.getByRole("button", { name: "Create draft" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "From both" })).toBeVisible(SOON);
    await page.getByRole("button", { name: "Add leads" }).first().click();
    await page.getByRole("button", { name: /^Add 2 people/ }).click(SOON);
    await confirm(page.getByRole("dialog"), /^(Enrol|Add)/);
    await expect(page.getByRole("row", { name: /petra First/i })).toBeVisible(SOON);
    await page
      .getByRole("button", { name: /^Launch/ })
      .first()
      .click();
    await confirm(page.getByRole("dialog"), /^Launch/);
    await expect(page.getByText(/^Active since/)).toBeVisible(SOON);
    for (const lead of LEADS) {
      const mailbox = `${sandbox()}/mailbox/${encodeURIComponent(lead)}`;
      await expect
        .poll(async () => (await page.request.get(mailbox)).text(), { timeout: 180_000 })
        .toContain("do you take bookings online?");
      await atMailbox(page, lead, { do: "reply", body: "Yes, please send me the prices." });
    }
    await visit(page, "/inbox");
    await expect(page.getByRole("button", { name: /^Waiting 2/ })).toBeVisible({ timeout: 180_000 });
    // What came while the page was open is shown when it is asked for.
    await visit(page, "/inbox");
    const list = page.getByRole("list", { name: "Conversations" });
    await expect(list.getByRole("button")).toHaveCount(2, SOON);
    await list.getByRole("button", { name: /petra/i }).click();
    await expect(page.getByText("Yes, please send me the prices.").first()).toBeVisible(SOON);
  });
});

/** Accepts what a dialog asks to be accepted, and presses its main button. */
async function confirm(dialog: Locator, button: RegExp) {
  const main = dialog.getByRole("button", { name: button });
  await expect(main).toBeVisible(SOON);
  for (const box of await dialog.getByRole("checkbox").all()) if (!(await box.isChecked())) await box.click();
  await main.click();
  await expect(dialog).toHaveCount(0, SOON);
}
