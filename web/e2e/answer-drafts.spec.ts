// A lead's answer has a draft: it is found in the inbox, edited, approved, and only then sent.
import { expect, type Page, test } from "@playwright/test";
import { ANSWERS } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

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
  await expect(page.getByText("No drafts to review")).toBeVisible();
});
