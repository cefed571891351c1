import { fireEvent, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Schema } from "@/api/types";
import { refusal, renderPage } from "@/test-page";
import { ReceivedSection } from "./received-section";

const reply = {
  id: "inbound_1",
  provider: "twilio",
  account: "account_1",
  received_at: "2026-11-27T08:00:00Z",
  outcome: "filed",
  became: ["message_status", "reply"],
  leads: [{ id: "lead_1", name: "Ada Lund" }],
};
const broken = { ...reply, id: "inbound_2", provider: "resend", outcome: "unreadable", became: [], leads: [] };

const open = (answers: Record<string, unknown>, role: Schema["Role"] = "admin") =>
  renderPage(ReceivedSection, "/settings/received", "/settings/received", answers, role);

test("events are listed with what they became, and a replay tells its result", async () => {
  const answers: Record<string, unknown> = {
    "GET /api/ops/inbound": { items: [reply, { ...broken, detail: "expected a mail" }], next_cursor: "c" },
    "POST /api/ops/inbound/inbound_1/replay": { asked_at: "2026-11-28T08:00:00Z" },
  };
  const { sent } = open(answers);
  const row = (await screen.findByText("Message status, Reply")).closest("li") as HTMLElement;
  expect(within(row).getByText("Ada Lund")).toBeTruthy();
  expect(screen.getByText("expected a mail")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Show more" })).toBeTruthy();
  const replay = { asked_at: "2026-11-28T08:00:00Z", done_at: "2026-11-28T08:00:02Z", has_changed: false };
  answers["GET /api/ops/inbound"] = { items: [{ ...reply, replay }] };
  fireEvent.click(within(row).getByRole("button", { name: "Replay" }));
  expect(await screen.findByText(/same result, nothing changed/)).toBeTruthy();
  expect(sent.some((one) => one.path === "/api/ops/inbound/inbound_1/replay")).toBe(true);
});

test("empty pages are passed until one holds an event or none is left", async () => {
  const pages = [{ items: [], next_cursor: "a" }, { items: [], next_cursor: "b" }, { items: [broken] }];
  open({
    get "GET /api/ops/inbound"() {
      return pages.shift();
    },
  });
  expect(await screen.findByText("Nothing")).toBeTruthy();
  expect(pages).toEqual([]);
  expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
});

test("while pages without a match are read, the list says that it is looking", async () => {
  let release: (page: object) => void = () => undefined;
  const second = new Promise<object>((resolve) => {
    release = resolve;
  });
  const pages: unknown[] = [{ items: [], next_cursor: "a" }, second];
  open({
    get "GET /api/ops/inbound"() {
      return pages.shift();
    },
  });
  expect(await screen.findByRole("status", { name: "Looking for events" })).toBeTruthy();
  expect(screen.queryByRole("list")).toBeNull();
  expect(screen.queryByText(/Nothing has arrived/)).toBeNull();
  release({ items: [broken] });
  expect(await screen.findByText("Nothing")).toBeTruthy();
});

test("a page that fails behind empty ones is an error with a way on", async () => {
  const pages: unknown[] = [
    { items: [], next_cursor: "a" },
    refusal(503, { code: "unavailable", detail: "Busy." }),
    { items: [broken] },
  ];
  open({
    get "GET /api/ops/inbound"() {
      return pages.shift();
    },
  });
  fireEvent.click(await screen.findByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Nothing")).toBeTruthy();
});

test("the raw payload is shown when it is asked for", async () => {
  open({
    "GET /api/ops/inbound": { items: [reply] },
    "GET /api/ops/inbound/inbound_1": { ...reply, payload: "Body=Yes+please" },
  });
  fireEvent.click(await screen.findByRole("button", { name: "Show" }));
  expect(await screen.findByText("Body=Yes+please")).toBeTruthy();
});

test("an empty list says what appears there, and a rep is told to ask an admin", async () => {
  open({});
  expect(await screen.findByText("Nothing has arrived yet")).toBeTruthy();
});

test("a rep asks for nothing that would be refused", async () => {
  const { sent } = open({}, "rep");
  expect(await screen.findByText("For admins")).toBeTruthy();
  expect(sent.some((one) => one.path.startsWith("/api/ops"))).toBe(false);
});
