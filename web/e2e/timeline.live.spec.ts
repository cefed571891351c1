// The whole story in a browser, in the demo workspace: a file, a sequence, a campaign, a mail, a visit, a reply, a
// payment.
import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import { violations } from "./axe";
import { atMailbox, demo, fixture, openMailbox, press, signIn, silent, visit } from "./live";

const NORA = "nora+silent@bellweather.example";
const IVO = "ivo+silent@quillfeather.example";
const SOON = { timeout: 90_000 };

/** The hours before evening, because calls are scheduled between 8 and 21 o'clock. */
function whereItIsDay(): string {
  const hour = (timeZone: string) =>
    Number(new Intl.DateTimeFormat("en-GB", { hour: "2-digit", timeZone }).format(new Date()));
  const zones = ["Europe/London", "America/New_York", "Pacific/Honolulu", "Asia/Tokyo"];
  return zones.find((zone) => hour(zone) >= 9 && hour(zone) < 18) ?? "Europe/London";
}

test.describe("the story", () => {
  test.skip(!demo, "LEADFLOW_URL, LEADFLOW_EMAIL and LEADFLOW_PASSWORD are not set");
  test.describe.configure({ mode: "serial", timeout: 150_000 });
  let page: Page;
  let errors: string[];
  test.beforeAll(async ({ browser }) => {
    page = await (await browser.newContext()).newPage();
    errors = silent(page);
    await signIn(page);
  });
  test.afterAll(async () => {
    await page.context().close();
  });

  test("a file comes in: mapped, checked, imported, its rejected row handed back", async () => {
    await visit(page, "/import");
    // The call is due later, whatever the time is here.
    const text = (await readFile(fixture("surgeries.csv"), "utf8")).replace("{daytime}", whereItIsDay());
    const surgeries = { name: "surgeries.csv", mimeType: "text/csv", buffer: Buffer.from(text) };
    await page.getByLabel("File to import").setInputFiles(surgeries);
    await expect(page.getByText("Map your columns")).toBeVisible();
    await expect(page.getByRole("combobox", { name: "mail maps to" })).toHaveValue("email");
    await page.getByLabel("Tag", { exact: true }).fill("surgeries");
    await page.getByRole("button", { name: /^Check/ }).click();
    await expect(page.getByText("Rejected, will be skipped")).toBeVisible(SOON);
    await page.getByRole("button", { name: /^Import 3 leads/ }).click();
    await expect(page.getByRole("heading", { name: "3 new leads" })).toBeVisible(SOON);
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: "Rejected rows as CSV" }).click();
    const file = await coming;
    expect(file.suggestedFilename()).toBe("surgeries-rejected.csv");
    expect(await readFile(await file.path(), "utf8")).toContain("Nobody Ltd");
  });

  test("what was looked up about a lead stands on its page", async () => {
    await page.getByRole("link", { name: "View leads" }).click();
    await page.getByRole("link", { name: "Nora Bellweather" }).click();
    await expect(page.getByRole("heading", { level: 2, name: "Nora Bellweather" })).toBeVisible();
    const found = page.getByRole("region", { name: "Enrichment" });
    await expect(found.getByText("Europe / London")).toBeVisible(SOON);
    await expect(found.getByText("Opening line")).toBeVisible(SOON);
  });

  test("a sequence is written and read as a real person would get it", async () => {
    await visit(page, "/sequences/new");
    await page.getByLabel("Name").fill("Surgeries, two touches");
    await page.getByLabel("Subject of step 1").fill("{{ company }}, 2 minutes?");
    await page
      .getByLabel("Text of step 1")
      .fill('Hi {{ first_name | default("there") }},\n\nsee {{ preview_url }}\n\nMaya');
    // The field has grown with its text, so that the button below it stands still.
    await expect(page.locator("mark", { hasText: "preview_url" })).toBeVisible();
    await page.getByRole("button", { name: "Add step" }).click();
    await page.getByLabel("Kind of step 2").selectOption("sms");
    await page.getByLabel("Delay of step 2", { exact: true }).fill("3");
    await page.getByLabel("Unit of the delay of step 2").selectOption("days");
    await page.getByLabel("Text of step 2").fill("Did you see it? Reply STOP to opt out.");
    await page.getByRole("button", { name: "Sat" }).click();
    await page.getByRole("button", { name: "Sun" }).click();
    await page.getByLabel("From", { exact: true }).fill("00:00");
    await page.getByLabel("Until", { exact: true }).fill("00:00");
    await page.getByLabel("On public holidays").selectOption("send");
    await expect(page.getByText("Mon–Sun 00:00–24:00, in their time")).toBeVisible();
    await page.getByRole("button", { name: "Save sequence" }).click();
    await expect(page.getByText("Saved as version 1")).toBeVisible();
    await page.getByRole("textbox", { name: "Preview for another lead" }).fill("Nora Bell");
    await page.getByRole("button", { name: /Nora Bellweather/ }).click();
    await expect(page.getByText("Bellweather Surgery, 2 minutes?")).toBeVisible();
    await expect(page.getByText("Hi Nora,", { exact: false })).toBeVisible();
  });

  test("a campaign is made, people are enrolled in bulk from the list, and it is launched", async () => {
    await visit(page, "/campaigns");
    await page.getByRole("button", { name: "New campaign" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Surgeries, winter");
    await dialog.getByLabel("Sequence").selectOption({ label: "Surgeries, two touches, v1" });
    await page.getByRole("button", { name: "Create draft" }).click();
    await expect(page.getByRole("heading", { name: "Surgeries, winter" })).toBeVisible();
    const campaign = page.url();
    await visit(page, "/leads?f=tag:surgeries");
    await expect(page.getByRole("row", { name: /Nora Bellweather/ })).toBeVisible();
    await page.getByRole("checkbox", { name: "Select all", exact: true }).click();
    await expect(page.getByText("3 selected")).toBeVisible();
    await page.getByRole("region", { name: "Selected leads" }).getByRole("button", { name: "Enrol" }).click();
    await page.getByRole("dialog").getByLabel("Campaign").selectOption({ label: "Surgeries, winter (draft)" });
    await page.getByRole("button", { name: "Enrol 3 leads" }).click();
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await visit(page, campaign);
    await expect(page.getByRole("row", { name: /Ada Thistledown/ })).toBeVisible(SOON);
    await page.getByRole("button", { name: "Simulate" }).click();
    // The previous page has a button with the same name.
    await expect(page.getByRole("heading", { name: "Simulation" })).toBeVisible();
    await page.getByRole("button", { name: "Simulate" }).first().click();
    await expect(page.getByText(/^6 messages to 3 leads/)).toBeVisible(SOON);
    const nora = page.getByRole("row", { name: /Nora Bellweather/ });
    await expect(nora).toContainText(/2 SMS/);
    await nora.getByRole("button", { name: /^Read 1 E-mail/ }).click();
    const words = page.getByRole("region", { name: /^Step 1 to Nora Bellweather/ });
    await expect(words).toContainText("Bellweather Surgery, 2 minutes?");
    expect(await violations(page)).toEqual([]);
    await nora.getByRole("button", { name: /^Read 1 E-mail/ }).click();
    await visit(page, campaign);
    await page.getByRole("button", { name: "Launch" }).click();
    await page.getByRole("button", { name: /^Launch for 3 leads/ }).click();
    await expect(page.getByText(/^Active since/)).toBeVisible();
    await expect(page.getByRole("row", { name: /Nora Bellweather/ })).toContainText(/Step 2/, SOON);
    await expect(page.getByRole("row", { name: /Ivo Quillfeather/ })).toContainText(/Step 2/, SOON);
  });

  test("the mail is in the mailbox; three visits to the preview page make the lead hot", async () => {
    const mailbox = await openMailbox(page, NORA);
    await expect(mailbox.getByRole("heading", { name: "Bellweather Surgery, 2 minutes?" })).toBeVisible();
    await press(mailbox.getByRole("button", { name: "View the preview three times" }));
    await mailbox.close();
    await visit(page, "/leads?q=nora+bellweather");
    await page.getByRole("link", { name: "Nora Bellweather" }).click();
    await expect(page.getByText("Turned hot", { exact: true })).toBeVisible(SOON);
    await expect(page.getByText("High priority")).toBeVisible(SOON);
    await page.getByRole("button", { name: /Notifications/ }).click();
    await expect(page.getByText("Nora Bellweather turned hot").first()).toBeVisible(SOON);
    await page.keyboard.press("Escape");
    await visit(page, "/");
    await expect(page.getByRole("region", { name: "Due" }).getByText("Nora Bellweather")).toBeVisible(SOON);
  });

  test("an answer stops the sequence, waits in the inbox, and is answered there", async () => {
    const mailbox = await openMailbox(page, NORA);
    await mailbox.getByLabel("Answer").first().fill("Two chairs and a hygienist: what would that cost?");
    await press(mailbox.getByRole("button", { name: "Send the answer" }).first());
    const conversation = page.getByRole("list", { name: "Conversations" }).getByRole("button", { name: /Nora/ });
    // An open list keeps its order: new messages show when it is opened again.
    await expect(async () => {
      await visit(page, "/inbox");
      await expect(conversation).toBeVisible({ timeout: 2_000 });
    }).toPass(SOON);
    await conversation.click();
    await expect(page.getByText(/Surgeries, winter has stopped for this lead/)).toBeVisible();
    const box = page.getByRole("textbox", { name: "Message" });
    await box.fill("It is $79 a month for three chairs.");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(page.getByText("Reply sends in a few seconds")).toBeVisible();
    await expect
      .poll(async () => (await page.request.get(mailbox.url())).text(), SOON)
      .toContain("It is $79 a month for three chairs.");
    await mailbox.close();
    // A conversation that was answered waits no longer.
    await visit(page, "/inbox?folder=done");
    await expect(conversation).toContainText("You:", SOON);
  });

  test("a payment makes a client, and shows as monthly revenue", async () => {
    await atMailbox(page, NORA, { do: "pay" });
    const client = page.getByRole("row", { name: /Bellweather Surgery/ });
    await expect(async () => {
      await visit(page, "/clients");
      await expect(client).toContainText("79", { timeout: 2_000 });
    }).toPass(SOON);
    await expect(client).toContainText("Surgeries, winter");
    await page
      .getByRole("row", { name: /Bellweather/ })
      .getByRole("link")
      .click();
    await expect(page.getByRole("region", { name: "Payments" })).toContainText("79");
    await page.getByRole("link", { name: "Open lead" }).click();
    await expect(page.getByRole("list", { name: "Stage" }).locator("[aria-current]")).toHaveText("Won", SOON);
    await page.getByRole("link", { name: "Open client" }).first().click();
    await expect(page.getByRole("region", { name: "Payments" })).toContainText("79");
    await visit(page, "/");
    await expect(page.getByRole("region", { name: "Page" }).getByText(/[1-9]\d* clients?$/)).toBeVisible();
  });

  test("a call that a sequence asks for waits in Today, and is closed with how it went", async () => {
    await visit(page, "/sequences/new");
    await page.getByLabel("Name").fill("Ring first");
    await page.getByLabel("Kind of step 1").selectOption("task");
    await page.getByLabel("Title of step 1").fill("Ring {{ first_name }}");
    await page.getByRole("button", { name: "Add step" }).click();
    await page.getByLabel("Kind of step 2").selectOption("wait");
    await page.getByRole("button", { name: "Add step" }).click();
    await page.getByLabel("Kind of step 3").selectOption("branch");
    await page.getByRole("button", { name: "Add step" }).click();
    await page.getByLabel("Subject of step 4").fill("Glad that we spoke");
    await page.getByLabel("Text of step 4").fill("As I said on the phone.");
    await page.getByRole("button", { name: "Add step" }).click();
    await page.getByLabel("Kind of step 5").selectOption("end");
    await page.getByRole("button", { name: /^Branch/ }).click();
    await page.getByLabel("Yes of step 3").selectOption({ index: 1 });
    await page.getByLabel("No of step 3").selectOption({ index: 2 });
    await page.getByRole("button", { name: "Sat" }).click();
    await page.getByRole("button", { name: "Sun" }).click();
    await page.getByLabel("From", { exact: true }).fill("00:00");
    await page.getByLabel("Until", { exact: true }).fill("00:00");
    await page.getByLabel("On public holidays").selectOption("send");
    await page.getByRole("button", { name: "Save sequence" }).click();
    await expect(page.getByText("Saved as version 1")).toBeVisible();
    await visit(page, "/campaigns");
    await page.getByRole("button", { name: "New campaign" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("By phone");
    await dialog.getByLabel("Sequence").selectOption({ label: "Ring first, v1" });
    await page.getByRole("button", { name: "Create draft" }).click();
    await expect(page.getByRole("heading", { name: "By phone" })).toBeVisible();
    const campaign = page.url();
    // Ada is active in another campaign, which is one too many unless the workspace allows it.
    await visit(page, "/settings/sending");
    await page.getByRole("switch", { name: "One campaign at a time" }).click();
    await page.getByRole("button", { name: "Save limits" }).click();
    await expect(page.getByRole("button", { name: "Save limits" })).toBeDisabled();
    await visit(page, "/leads?q=thistledown");
    await page.getByRole("checkbox", { name: "Select all", exact: true }).click();
    await page.getByRole("region", { name: "Selected leads" }).getByRole("button", { name: "Enrol" }).click();
    await page.getByRole("dialog").getByLabel("Campaign").selectOption({ label: "By phone (draft)" });
    await page.getByRole("button", { name: "Enrol 1 lead" }).click();
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await visit(page, campaign);
    await page.getByRole("button", { name: "Launch" }).click();
    await page.getByRole("button", { name: /^Launch for 1 lead/ }).click();
    const ada = page.getByRole("row", { name: /Ada Thistledown/ });
    await expect(ada).toContainText("Needs you", SOON);
    await visit(page, "/");
    await page.getByRole("button", { name: "Log outcome: Ring Ada, Ada Thistledown" }).click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /Booked/ })
      .click();
    await page.getByRole("button", { name: "Log booked" }).click();
    await expect(page.getByText("Meeting booked: sequences stopped for Ada Thistledown")).toBeVisible();
    await expect(page.getByLabel("Log outcome: Ring Ada, Ada Thistledown")).toHaveCount(0);
    await visit(page, campaign);
    await expect(ada).toContainText("Meeting booked", SOON);
  });

  test("a sequence is changed under those who are in it: seen before, moved, told how far it is", async () => {
    await visit(page, "/sequences");
    await page.getByRole("link", { name: "Surgeries, two touches" }).click();
    await page.getByRole("button", { name: /^SMS/ }).click();
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByRole("button", { name: "Add step" }).click();
    await page.getByLabel("Subject of step 2").fill("One more thing");
    await page.getByLabel("Text of step 2").fill("It takes two minutes.");
    await page.getByRole("button", { name: "Save version 2" }).click();
    const dialog = page.getByRole("dialog");
    const changes = dialog.getByRole("list", { name: "Version 2 compared with version 1" });
    await expect(changes.getByText("Removed")).toBeVisible();
    await expect(changes.getByText("Added")).toBeVisible();
    await expect(dialog.getByRole("row", { name: /Surgeries, winter.*Removed/ })).toBeVisible();
    await dialog.getByRole("radio", { name: /^Move them now/ }).check();
    await dialog.getByLabel(/^Step 2, SMS: Did you see it/).selectOption({ label: "Step 2, E-mail: One more thing" });
    await dialog.getByRole("button", { name: "Publish version 2" }).click();
    await expect(page.getByText("Version 2 is published")).toBeVisible();
    const versions = page.getByRole("region", { name: "Versions" });
    await expect(versions.getByText(/^[1-9] moved/)).toBeVisible(SOON);
    await expect(versions.getByText("Done").first()).toBeVisible(SOON);
    await page.getByRole("button", { name: "Clone" }).click();
    await expect(page.getByRole("heading", { name: "Surgeries, two touches copy" })).toBeVisible();
  });

  test("who writes in the inbox goes on writing while somebody else answers", async () => {
    await atMailbox(page, NORA, { do: "reply", body: "Tell me more." });
    const list = page.getByRole("list", { name: "Conversations" });
    await expect(async () => {
      await visit(page, "/inbox");
      await expect(list.getByRole("button", { name: /Nora/ })).toBeVisible({ timeout: 2_000 });
    }).toPass(SOON);
    await list.getByRole("button", { name: /Nora/ }).click();
    const address = page.url();
    const box = page.getByRole("textbox", { name: "Message" });
    await box.click();
    await page.keyboard.type("Thank you, ");
    await atMailbox(page, IVO, { do: "reply", body: "And what does it cost?" });
    await expect(page.getByRole("button", { name: /^\d+ new$/ })).toBeVisible(SOON);
    await page.keyboard.type("here are the prices");
    await expect(box).toBeFocused();
    await expect(box).toHaveValue("Thank you, here are the prices");
    expect(page.url()).toBe(address);
    await page.getByRole("button", { name: "Discard" }).click();
  });

  test("who asks to be left alone is suppressed, and the list says so", async () => {
    await atMailbox(page, IVO, { do: "one_click" });
    await expect(async () => {
      await visit(page, "/settings/suppression");
      await expect(page.getByText(IVO)).toBeVisible({ timeout: 2_000 });
    }).toPass(SOON);
    await visit(page, "/leads?q=quillfeather");
    await page.getByRole("link", { name: "Ivo Quillfeather" }).click();
    await expect(page.getByText("Nothing more is sent to this address or number")).toBeVisible(SOON);
    expect(errors).toEqual([]);
  });
});
