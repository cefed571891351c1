// A lead's answer has a draft: it is found in the inbox, edited, approved, and only then sent.
import { expect, type Page, test } from "@playwright/test";
import { ANSWERS } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";
import { atMailbox, demo, sandbox, signedIn, signIn, silent, visit } from "./live";

const THREAD = ANSWERS["GET /api/inbox/lead_2"] as { conversation: object; messages: { created_at: string }[] };
const CONVERSATION = { ...THREAD.conversation, draft_waits: true };
const DRAFT = {
  lead_id: "lead_2",
  message_id: "i2",
  state: "waiting",
  reason: null,
  told: null,
  text: "Hi Marcus,\n\nthank you for looking at it. I will find out and write to you.\n\nMaya",
  written_with: { model: "small", prompt: "2.0" },
  cost: 410,
  made_at: THREAD.messages[1]?.created_at,
  asked_by: null,
};
const LIST = "GET /api/inbox/drafts";
const WAITING = {
  "GET /api/inbox": { items: [CONVERSATION] },
  [LIST]: { items: [{ conversation: CONVERSATION, draft: DRAFT }] },
  "GET /api/inbox/lead_2": { ...THREAD, conversation: CONVERSATION, draft: DRAFT },
};

/** The bodies that were posted for the draft, by the last word of their path. */
async function posted(page: Page, answers: Record<string, object>) {
  const bodies: [string, unknown][] = [];
  await page.route("**/api/inbox/drafts/lead_2/*", async (route) => {
    const what = new URL(route.request().url()).pathname.split("/").pop() ?? "";
    bodies.push([what, route.request().postDataJSON()]);
    await route.fulfill({ status: what === "approve" ? 202 : 200, json: answers[what] });
  });
  return bodies;
}

test("an answer is drafted, edited and approved", async ({ page }) => {
  const { errors } = await openApp(page, "/inbox", { override: WAITING });
  const sent = {
    ...THREAD.messages[0],
    id: "i3",
    state: "queued",
    created_at: DRAFT.made_at,
    planned_for: DRAFT.made_at,
  };
  const bodies = await posted(page, { approve: sent });
  await expect(page.getByRole("list", { name: "Conversations" }).getByRole("button").first()).toContainText("Draft");
  await page.keyboard.press("4");
  await expect(page).toHaveURL(/folder=drafts/);
  const draft = page.getByRole("region", { name: "Draft of an answer" });
  await expect(draft).toContainText("Drafted by a model, not sent");
  await expect(draft).toContainText("Nothing is sent until you approve it.");
  expect(await violationsInBothThemes(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.keyboard.press("r");
  const box = draft.getByRole("textbox", { name: "Draft" });
  await expect(box).toBeFocused();
  await box.fill("Hi Marcus, it is 79 a month. Maya");
  await page.route("**/api/inbox/lead_2", (route) =>
    route.fulfill({ json: { ...THREAD, draft: { ...DRAFT, state: "sent", sent_message_id: "i3" } } }),
  );
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByText("Answer sends in a few seconds")).toBeVisible();
  await expect(draft).toBeHidden();
  await expect(page.getByRole("textbox", { name: "Message" })).toBeVisible();
  expect(bodies).toEqual([
    ["approve", expect.objectContaining({ message_id: "i2", text: "Hi Marcus, it is 79 a month. Maya" })],
  ]);
  expect(errors).toEqual([]);
});

test("a draft is refused by a key, and that is undone", async ({ page }) => {
  await openApp(page, "/inbox?folder=drafts&lead=lead_2", { override: WAITING });
  const bodies = await posted(page, { refuse: { ...DRAFT, state: "refused" }, restore: DRAFT });
  await expect(page.getByRole("region", { name: "Draft of an answer" })).toBeVisible();
  await page.keyboard.press("x");
  await page.getByRole("button", { name: /Undo/ }).click();
  await expect.poll(() => bodies.map(([what]) => what)).toEqual(["refuse", "restore"]);
});

test("without drafts the page says what would be there", async ({ page }) => {
  await openApp(page, "/inbox?folder=drafts", { override: { [LIST]: { items: [] } } });
  await expect(page.getByText("No drafts wait")).toBeVisible();
});

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
