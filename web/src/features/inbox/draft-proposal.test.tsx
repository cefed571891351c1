import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { refusal, renderPage } from "@/test-page";
import { Thread } from "./thread";

const DRAFT = {
  ...{ lead_id: "lead_2", message_id: "m1", state: "waiting", text: "Hi Marcus, I will find out." },
  written_with: { model: "small", prompt: "2.3" },
  ...{ cost: 120, made_at: "2026-11-17T10:01:00Z", reason: null, told: null },
};
const thread = (draft: object | null) => ({
  conversation: { lead_id: "lead_2", folder: "open", channel: "email", unread: 0, latest_answer: "m1" },
  lead: { id: "lead_2", name: "Marcus Hale", email: "marcus@hale.example", score: 79, status: "replied" },
  stopped: [],
  channels: [{ channel: "email", open: true }],
  messages: [
    {
      ...{ id: "m1", direction: "in", channel: "email", from: "marcus@hale.example", to: "maya@northquay.example" },
      ...{ subject: "Re: Two minutes?", text: "How does it work?", created_at: "2026-11-17T10:00:00Z" },
    },
  ],
  reply_to: "marcus@hale.example",
  draft,
});
const show = (answers: Record<string, unknown>, role?: "read_only") =>
  renderPage(
    () => <Thread lead="lead_2" onBack={() => undefined} onDone={() => undefined} />,
    "/inbox",
    "/inbox",
    { "GET /api/emails/draft/of/lead_2": new Response("null"), ...answers },
    role,
  );
const proposal = () => screen.findByRole("region", { name: "Draft of an answer" });
const of = (path: string) => `POST /api/inbox/drafts/lead_2/${path}`;
const SENT = { id: "m2", created_at: "2026-11-17T10:05:00Z", planned_for: "2026-11-17T10:05:10Z" };

test("a draft that waits says who wrote it, what it answers, and that nothing was sent", async () => {
  show({ "GET /api/inbox/lead_2": thread(DRAFT) });
  const box = within(await proposal());
  expect(box.getByText("Drafted by a model, not sent")).toBeTruthy();
  expect(box.getByText(/^Written by small with prompt version 3, /)).toBeTruthy();
  expect(box.queryByText(/in the tone that the campaign sets/)).toBeNull();
  expect(box.getByText(/Answers the message of .* Nothing is sent until you approve it/)).toBeTruthy();
  expect(box.getByRole<HTMLTextAreaElement>("textbox", { name: "Draft" }).value).toBe(DRAFT.text);
  expect(screen.queryByRole("textbox", { name: "Message" })).toBeNull();
});

test("a draft in a campaign with a tone says that it follows the campaign's tone", async () => {
  show({ "GET /api/inbox/lead_2": { ...thread(DRAFT), campaign: { id: "c1", sets_tone: true } } });
  expect(within(await proposal()).getByText(/in the tone that the campaign sets under Writing/)).toBeTruthy();
});

test("a draft in a campaign without a tone says nothing of a tone", async () => {
  show({ "GET /api/inbox/lead_2": { ...thread(DRAFT), campaign: { id: "c1", sets_tone: false } } });
  expect(within(await proposal()).queryByText(/in the tone/)).toBeNull();
});

test("the text that the user made of the draft is approved", async () => {
  const { sent } = show({ "GET /api/inbox/lead_2": thread(DRAFT), [of("approve")]: SENT });
  const box = within(await proposal());
  fireEvent.change(box.getByRole("textbox", { name: "Draft" }), { target: { value: "Hi Marcus, on Tuesday." } });
  fireEvent.click(box.getByRole("button", { name: "Approve and send" }));
  await screen.findByText("Answer sends in a few seconds");
  const bodies = sent.filter((one) => one.path.endsWith("/approve")).map((one) => one.body);
  expect(bodies).toEqual([{ message_id: "m1", text: "Hi Marcus, on Tuesday.", to: "marcus@hale.example" }]);
});

test("a draft that is outdated by now is not sent, and the reason is shown", async () => {
  const detail = "This draft is outdated. The lead has written again since.";
  show({
    "GET /api/inbox/lead_2": thread(DRAFT),
    [of("approve")]: refusal(409, { code: "draft_outdated", detail, status: 409, title: "Conflict" }),
  });
  fireEvent.click(within(await proposal()).getByRole("button", { name: "Approve and send" }));
  await screen.findByText(detail);
});

test("a refusal can be undone", async () => {
  const { sent } = show({
    "GET /api/inbox/lead_2": thread(DRAFT),
    [of("refuse")]: { ...DRAFT, state: "refused" },
    [of("restore")]: DRAFT,
  });
  fireEvent.click(within(await proposal()).getByRole("button", { name: /Refuse/ }));
  await screen.findByText("Draft refused");
  fireEvent.click(await screen.findByRole("button", { name: /Undo/ }));
  const asked = () => sent.filter((one) => one.method === "POST").map((one) => [one.path.split("/").pop(), one.body]);
  await expect.poll(asked).toEqual([
    ["refuse", { message_id: "m1" }],
    ["restore", { message_id: "m1" }],
  ]);
});

test("another draft is asked for, and one that was turned down leaves the text", async () => {
  const { sent } = show({
    "GET /api/inbox/lead_2": thread(DRAFT),
    [of("again")]: refusal(409, { code: "turned_down", detail: "The model's answers were turned down.", status: 409 }),
  });
  const box = within(await proposal());
  fireEvent.click(box.getByRole("button", { name: /Write again/ }));
  await screen.findByText("No other draft was written. The model's answers were turned down.");
  expect(sent.filter((one) => one.path.endsWith("/again")).map((one) => one.body)).toEqual([{ message_id: "m1" }]);
  expect(box.getByRole<HTMLTextAreaElement>("textbox", { name: "Draft" }).value).toBe(DRAFT.text);
});

test("a user may write an answer of their own, and come back to the draft", async () => {
  show({ "GET /api/inbox/lead_2": thread(DRAFT) });
  fireEvent.click(within(await proposal()).getByRole("button", { name: "Write my own" }));
  await screen.findByRole("textbox", { name: "Message" });
  fireEvent.click(screen.getByRole("button", { name: "Show the draft" }));
  await proposal();
});

test("an outdated draft and one that was not made say why beside the composer", async () => {
  const told = "The lead was merged with another one since.";
  show({ "GET /api/inbox/lead_2": thread({ ...DRAFT, state: "outdated", reason: "merged", told }) });
  await screen.findByText(`The draft of an answer is outdated. ${told}`);
  await screen.findByRole("textbox", { name: "Message" });
});

test("a lead's message without a draft says why, and an older one does not", async () => {
  const told = "The month's cap is reached.";
  const none = { ...DRAFT, state: "not_made", reason: "cap_reached", told, text: "" };
  show({ "GET /api/inbox/lead_2": thread(none) });
  await screen.findByText(`No answer was drafted. ${told}`);
});

test("a draft that was sent or refused leaves the composer as it is", async () => {
  show({ "GET /api/inbox/lead_2": thread({ ...DRAFT, state: "refused" }) });
  await screen.findByRole("textbox", { name: "Message" });
  expect(screen.queryByRole("region", { name: "Draft of an answer" })).toBeNull();
});

test("a user who only reads gets no draft to approve", async () => {
  show({ "GET /api/inbox/lead_2": thread(DRAFT) }, "read_only");
  await screen.findByText("How does it work?");
  expect(screen.queryByRole("button", { name: "Approve and send" })).toBeNull();
});
