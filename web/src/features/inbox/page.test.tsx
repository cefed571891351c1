import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { listen } from "@/shared/lib/keyboard";
import { undoLast } from "@/shared/ui/toast";
import { refusal, renderPage } from "@/test-page";
import { InboxPage } from "./page";

let unheard: () => void;
beforeEach(() => {
  vi.stubGlobal("matchMedia", (query: string) => ({
    matches: query.includes("min-width: 1024px"),
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  unheard = listen();
});
afterEach(() => unheard());

const NAMES = ["Ada Hale", "Ben Oak", "Cas Lund"];
const conversation = (n: number) => ({
  ...{ lead_id: `lead_${n}`, lead_name: NAMES[n], folder: "open", channel: "email", unread: 0, snippet: "Hello?" },
  ...{ last_at: `2026-11-17T1${9 - n}:00:00Z`, last_direction: "in", latest_answer: `m${n}` },
});
const thread = (n: number, folder = "open") => ({
  conversation: { ...conversation(n), folder },
  lead: { id: `lead_${n}`, name: NAMES[n], email: `lead${n}@one.example`, score: 50, status: "replied" },
  stopped: [],
  channels: [{ channel: "email", open: true }],
  messages: [
    {
      ...{ id: `m${n}`, direction: "in", channel: "email", from: `lead${n}@one.example`, to: "maya@northquay.example" },
      ...{ subject: "Re: Hi", text: "Hello?", created_at: "2026-11-17T10:00:00Z" },
    },
  ],
  reply_to: `lead${n}@one.example`,
});
const SENT = { id: "m9", created_at: "2026-11-17T10:05:00Z", planned_for: "2026-11-17T10:05:10Z" };

/** Opens the inbox at the second of three conversations; its reply moves it to Done, as the server does. */
function open(more: Record<string, unknown> = {}) {
  const answers: Record<string, unknown> = {
    "GET /api/inbox": { items: [0, 1, 2].map(conversation) },
    ...Object.fromEntries([0, 1, 2].map((n) => [`GET /api/inbox/lead_${n}`, thread(n)])),
    "GET /api/emails/draft/of/lead_0": new Response("null"),
    "GET /api/emails/draft/of/lead_1": new Response("null"),
    "GET /api/emails/draft/of/lead_2": new Response("null"),
    get "POST /api/inbox/lead_1/answer"() {
      answers["GET /api/inbox"] = { items: [0, 2].map(conversation) };
      answers["GET /api/inbox/lead_1"] = thread(1, "done");
      return SENT;
    },
    ...more,
  };
  return { answers, ...renderPage(InboxPage, "/inbox", "/inbox?lead=lead_1", answers) };
}
const press = (key: string, more: object = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
const shown = async () => (await screen.findAllByRole("heading", { level: 2, name: /Ada|Ben|Cas/ })).at(0)?.textContent;
const write = async (text: string) => {
  const field = await screen.findByRole("textbox", { name: "Message" });
  press("r");
  expect(document.activeElement).toBe(field);
  fireEvent.change(field, { target: { value: text } });
};
const writes = (sent: { method: string; path: string }[]) =>
  sent.filter((one) => one.method === "POST" && !one.path.endsWith("/read")).map((one) => one.path);

test("after a reply the next keys act on the list: e goes on, z cancels, j moves, and nothing is typed", async () => {
  const { sent } = open({ "POST /api/emails/m9/cancel": SENT });
  await write("Tuesday.");
  press("Enter", { ctrlKey: true });
  await screen.findByText("Reply sends in a few seconds");
  await waitFor(() => expect(screen.queryByRole("button", { name: /Reopen/ })).toBeNull());
  press("e");
  await waitFor(async () => expect(await shown()).toBe("Cas Lund"));
  expect(writes(sent)).toEqual(["/api/inbox/lead_1/answer"]);
  press("k");
  await waitFor(async () => expect(await shown()).toBe("Ada Hale"));
  expect((await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Message" })).value).toBe("");
  expect(undoLast()).toBe(true);
  await waitFor(() => expect(writes(sent)).toContain("/api/emails/m9/cancel"));
});

test("a list that an answered conversation has left goes on from its place", async () => {
  open();
  await write("Tuesday.");
  press("Enter", { ctrlKey: true });
  const list = await screen.findByRole("list", { name: "Conversations" });
  await waitFor(() => expect(within(list).queryByText("Ben Oak")).toBeNull());
  press("j");
  await waitFor(async () => expect(await shown()).toBe("Cas Lund"));
});

test("Send and next opens the conversation that followed", async () => {
  const { sent } = open();
  await write("Tuesday.");
  press("Enter", { ctrlKey: true, shiftKey: true });
  await waitFor(async () => expect(await shown()).toBe("Cas Lund"));
  expect(writes(sent)).toEqual(["/api/inbox/lead_1/answer"]);
});

test("a reply that was refused after the user went on is told", async () => {
  let answer: (refused: Response) => void = () => undefined;
  const { sent } = open({
    "POST /api/inbox/lead_1/answer": new Promise<Response>((resolve) => {
      answer = resolve;
    }),
  });
  await write("Tuesday.");
  press("Enter", { ctrlKey: true });
  press("j");
  await waitFor(async () => expect(await shown()).toBe("Cas Lund"));
  answer(refusal(409, { code: "answered", detail: "Someone else has answered." }));
  expect(await screen.findByText(/was not sent\. Someone else has answered\./)).toBeTruthy();
  expect(writes(sent)).toEqual(["/api/inbox/lead_1/answer"]);
});

test("while all sending is stopped a reply says that it waits, and why", async () => {
  const sending = { state: "stopped", since: "2026-11-17T09:00:00Z" };
  open({ "GET /api/settings": { default_zone: "Europe/London", sending } });
  await write("Tuesday.");
  press("Enter", { ctrlKey: true });
  expect(await screen.findByText("Reply waits: all sending is stopped")).toBeTruthy();
});
