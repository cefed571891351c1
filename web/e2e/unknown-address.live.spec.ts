// A lead writes from an address that nobody knows: the mail waits under Unmatched, is linked, and the address is learnt. The
// next mail from there arrives at the lead, stops its sequence, and a reply goes to where it came from.
import { expect, type Page, test } from "@playwright/test";
import { violations } from "./axe";
import { atMailbox, demo, sandbox, signedIn, signIn, silent, visit } from "./live";

const SOON = { timeout: 60_000 };
const ARRIVED = { timeout: 180_000 };
const STAMP = Date.now();
// A company of its own: an answer of a colleague, also in another test, would hold the sequence.
const LEAD = `nora.quist+silent@quist-${STAMP}.example`;
/** The sandbox's people write elsewhere from this address. */
const PRIVATE = `nora.quist+silent@private-quist-${STAMP}.example`;

/** Mails at any hour of any day, the second a week later. */
const SEQUENCE = {
  window: { weekdays: [1, 2, 3, 4, 5, 6, 7], ranges: [{ start: 0, end: 1440 }] },
  steps: [
    {
      kind: "email",
      delay: { amount: 0, unit: "days" },
      subject: "Your bookings",
      body: "Do you take bookings online?",
    },
    { kind: "email", delay: { amount: 7, unit: "days" }, subject: "", body: "One more question." },
  ],
};

test.describe("a lead that writes from an unknown address", () => {
  test.describe.configure({ mode: "serial" });
  test.skip(!demo, "LEADFLOW_URL, LEADFLOW_EMAIL and LEADFLOW_PASSWORD are not set");
  test.setTimeout(400_000);
  let page: Page;
  let errors: string[];
  let api: Awaited<ReturnType<typeof signedIn>>;
  let lead: string;
  test.beforeAll(async ({ browser }) => {
    page = await (await browser.newContext({ locale: "en-GB" })).newPage();
    errors = silent(page);
    api = await signedIn(page.request);
  });
  test.afterAll(async () => {
    expect(errors).toEqual([]);
    await page.context().close();
  });

  /** Starts a campaign with the lead, and waits until its first mail is in the lead's mailbox. */
  const campaign = async (name: string, subject: string) => {
    const steps = [{ ...SEQUENCE.steps[0], subject }, SEQUENCE.steps[1]];
    const sequence = await api.post("/api/sequences", { ...SEQUENCE, steps, name });
    const accounts = await api.get("/api/settings/accounts");
    const mailbox = accounts.items.find((a) => a.settings.kind === "smtp");
    const made = await api.post("/api/campaigns", {
      name,
      sequence_id: sequence.id,
      mailbox_ids: [mailbox?.id],
    });
    await api.post(`/api/campaigns/${made.id}/enrolments`, { lead_ids: [lead] });
    await api.post(`/api/campaigns/${made.id}/launch`, {});
    const box = `${sandbox()}/mailbox/${encodeURIComponent(LEAD)}`;
    await expect.poll(async () => (await page.request.get(box)).text(), ARRIVED).toContain(subject);
  };
  const enrolmentState = async (name: string) => {
    const { enrolments } = await api.get(`/api/leads/${lead}/why`);
    const found = enrolments.find((e) => e.enrolment.campaign_name === name);
    return [found?.enrolment.state, found?.enrolment.end_reason ?? null];
  };
  const writes = (body: string) => atMailbox(page, LEAD, { do: "elsewhere", body });

  test("waits under Unmatched with a suggestion, and is linked", async () => {
    const made = await api.post("/api/leads", { first_name: "Nora", last_name: "Quist", email: LEAD, country: "GB" });
    lead = made.id;
    await campaign(`Unknown ${STAMP}`, `Bookings ${STAMP}`);
    await writes(`Is it still free? ${STAMP}`);
    await signIn(page);
    await expect
      .poll(async () => JSON.stringify(await api.get("/api/inbox/unmatched")), ARRIVED)
      .toContain(`Is it still free? ${STAMP}`);
    await visit(page, "/inbox?folder=unmatched");
    const item = page.getByRole("listitem").filter({ hasText: `Is it still free? ${STAMP}` });
    await expect(item).toContainText(PRIVATE);
    await item.getByRole("button", { name: /^Link/ }).click();
    const dialog = page.getByRole("dialog", { name: "Link to a lead" });
    await expect(dialog.getByText(/Same name/).first()).toBeVisible(SOON);
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole("radio", { name: new RegExp(LEAD.replace(/[+.]/g, "\\$&")) }).check();
    await expect(dialog.getByRole("switch", { name: /Remember/ })).toBeChecked();
    await dialog.getByRole("button", { name: "Link and reply" }).click();
    await expect(page.getByText(`Is it still free? ${STAMP}`).first()).toBeVisible(SOON);
    await expect.poll(() => enrolmentState(`Unknown ${STAMP}`), SOON).toEqual(["ended", "replied"]);
  });

  test("is answered at the address that the mail came from", async () => {
    await expect(page.getByText(`Your reply goes there.`)).toBeVisible(SOON);
    await expect(page.getByText(/Reply in thread to/)).toContainText(PRIVATE);
    // The address was learnt with the link: it is not offered once more.
    await expect(page.getByRole("button", { name: "Remember as another address" })).toHaveCount(0);
    expect(await violations(page)).toEqual([]);
    await page.getByRole("textbox", { name: "Message" }).fill(`Yes, it is. ${STAMP}`);
    await page.getByRole("button", { name: /^Send/ }).first().click();
    const box = `${sandbox()}/mailbox/${encodeURIComponent(PRIVATE)}`;
    await expect.poll(async () => (await page.request.get(box)).text(), ARRIVED).toContain(`Yes, it is. ${STAMP}`);
  });

  test("is matched when it writes again, and its sequence stops", async () => {
    const name = `Known ${STAMP}`;
    await campaign(name, `Prices ${STAMP}`);
    await expect.poll(() => enrolmentState(name), SOON).toEqual(["scheduled", null]);
    await writes(`Then tell me the price. ${STAMP}`);
    await expect.poll(() => enrolmentState(name), ARRIVED).toEqual(["ended", "replied"]);
    await visit(page, `/inbox?lead=${lead}`);
    await expect(page.getByText(`Then tell me the price. ${STAMP}`).first()).toBeVisible(SOON);
    await visit(page, "/inbox?folder=unmatched");
    await expect(page.getByText(`Then tell me the price. ${STAMP}`)).toHaveCount(0);
  });
});
