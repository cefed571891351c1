// The journeys through a running installation that go with answer-drafts.spec.ts.
import { expect, test } from "@playwright/test";
import { atMailbox, demo, sandbox, signedIn, signIn, silent, visit } from "./live";

const SOON = { timeout: 60_000 };
const ARRIVED = { timeout: 180_000 };
const STAMP = Date.now();
// A company of its own: an answer holds the sequences of its colleagues, also those of other tests.
const LEAD = `ines.marlow+silent@marlow-${STAMP}.example`;

test.describe("an answer at a running installation", () => {
  test.skip(!demo, "LEADFLOW_URL, LEADFLOW_EMAIL and LEADFLOW_PASSWORD are not set");
  test.setTimeout(400_000);

  test("is drafted automatically, edited, approved, and only then in the lead's mailbox", async ({ page }) => {
    const errors = silent(page);
    const api = await signedIn(page.request);
    const mailbox = async () => (await page.request.get(`${sandbox()}/mailbox/${encodeURIComponent(LEAD)}`)).text();
    await signIn(page);
    await visit(page, "/settings/writing");
    const drafts = page.getByRole("switch", { name: /^AI drafts of answers/ });
    await expect(drafts).not.toBeChecked();
    await drafts.click();
    await expect(page.getByText("AI drafts of answers on")).toBeVisible(SOON);
    const lead = await api.post("/api/leads", { first_name: "Ines", last_name: "Marlow", email: LEAD });
    const mail = { lead_id: lead.id, subject: `A question ${STAMP}`, body: "Do you take bookings online?" };
    await api.post("/api/emails/send", mail);
    await expect.poll(mailbox, ARRIVED).toContain(`A question ${STAMP}`);
    await atMailbox(page, LEAD, { do: "reply", body: "How does it work?" });
    await expect.poll(async () => JSON.stringify(await api.get("/api/inbox/drafts")), ARRIVED).toContain(lead.id);
    await visit(page, `/inbox?folder=drafts&lead=${lead.id}`);
    const draft = page.getByRole("region", { name: "Draft of an answer" });
    const box = draft.getByRole("textbox", { name: "Draft" });
    await expect(box).not.toHaveValue("", SOON);
    const written = await box.inputValue();
    const edited = `${written}\n\nPS ${STAMP}: shall we talk on Tuesday?`;
    expect(await mailbox()).not.toContain(`PS ${STAMP}`);
    await box.fill(edited);
    await draft.getByRole("button", { name: "Approve and send" }).click();
    await expect(page.getByText("Answer sends in a few seconds")).toBeVisible(SOON);
    await expect(draft).toBeHidden(SOON);
    await expect.poll(mailbox, ARRIVED).toContain(`PS ${STAMP}: shall we talk on Tuesday?`);
    expect(JSON.stringify(await api.get("/api/inbox/drafts"))).not.toContain(lead.id);
    await visit(page, "/settings/writing");
    await drafts.click();
    await expect(page.getByText("AI drafts of answers off")).toBeVisible(SOON);
    expect(errors).toEqual([]);
  });
});
