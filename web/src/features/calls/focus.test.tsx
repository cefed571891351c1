import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CallPlace } from "@/app/calls/call-place";
import { shownCall } from "@/app/calls/placing";
import { listen } from "@/shared/lib/keyboard";
import { renderPage } from "@/test-page";
import { Focus } from "./focus";
import type { QueueRow } from "./queries";

const FROM = "+14155552671";
const ROW: QueueRow = {
  at: "2026-11-20T09:00:00Z",
  do_not_contact: false,
  possible_opt_out: false,
  is_client: false,
  hours: "open",
  late: false,
  lead_id: "lead_2",
  lead_name: "Marcus Hale",
  parts: [],
  phone: "+442074960351",
  reason: "Replied",
  score: 50,
  temperature: "warm",
  value: 50,
};

let unheard: () => void;
beforeEach(() => {
  unheard = listen();
});
afterEach(() => {
  unheard();
  shownCall.set(undefined);
});

const tasksOf = (sent: { path: string; body: object }[]) =>
  sent.filter((request) => request.path === "/api/tasks").map((request) => request.body);

test("digits are the bar's while it asks for a call's outcome, also for a lead that came later", async () => {
  const task = { id: "task_9", lead_id: "lead_1", lead_name: "Elena Marsh", kind: "call", title: "Call", tries: 0 };
  const ended = { id: "call_1", lead_id: "lead_1", state: "ended", end: "busy", proposed: "busy" };
  shownCall.set("call_1");
  function Page() {
    const [next, setNext] = useState(false);
    return (
      <>
        <CallPlace />
        <button type="button" onClick={() => setNext(true)}>
          Next lead
        </button>
        {next ? <Focus row={ROW} onDone={() => {}} /> : null}
      </>
    );
  }
  const { sent } = renderPage(Page, "/calls", "/calls", {
    "GET /api/calls/mine": { calls_from: FROM, call: { ...ended, placed_at: "2026-11-20T09:00:00Z" } },
    "GET /api/leads/lead_1": { id: "lead_1", name: "Elena Marsh" },
    "POST /api/tasks": task,
    "PATCH /api/tasks/task_9": task,
  });
  await screen.findByRole("button", { name: "Log busy" });
  fireEvent.click(screen.getByRole("button", { name: "Next lead" }));
  await screen.findByRole("heading", { name: "Marcus Hale" });
  fireEvent.keyDown(document.body, { key: "3" });
  await waitFor(() => expect(screen.queryByRole("region", { name: "Call" })).toBeNull());
  expect(tasksOf(sent)).toMatchObject([{ lead_id: "lead_1" }]);
  fireEvent.keyDown(document.body, { key: "3" });
  await waitFor(() => expect(tasksOf(sent)).toMatchObject([{ lead_id: "lead_1" }, { lead_id: "lead_2" }]));
});

test("a key goes to the note, Esc leaves it, and the digit pressed next logs the outcome", async () => {
  const task = { id: "task_9", lead_id: "lead_2", lead_name: "Marcus Hale", kind: "call", title: "Call", tries: 0 };
  const { sent } = renderPage(() => <Focus row={ROW} onDone={() => {}} />, "/calls", "/calls", {
    "GET /api/calls/mine": { calls_from: FROM },
    "POST /api/tasks": task,
    "PATCH /api/tasks/task_9": task,
  });
  const note = await screen.findByLabelText("Note");
  fireEvent.keyDown(document.body, { key: "c" });
  expect(document.activeElement).toBe(note);
  fireEvent.keyDown(note, { key: "3" });
  fireEvent.keyDown(note, { key: "Escape" });
  expect(document.activeElement).toBe(document.body);
  expect(tasksOf(sent)).toEqual([]);
  fireEvent.keyDown(document.body, { key: "3" });
  await waitFor(() => expect(tasksOf(sent)).toMatchObject([{ lead_id: "lead_2" }]));
});

test("a call back goes to the first of the times that it asks for", async () => {
  renderPage(() => <Focus row={ROW} onDone={() => {}} />, "/calls", "/calls", {
    "GET /api/calls/mine": { calls_from: FROM },
  });
  await screen.findByRole("heading", { name: "Marcus Hale" });
  fireEvent.keyDown(document.body, { key: "5" });
  const panel = await screen.findByRole("region", { name: "Call back" });
  expect(document.activeElement).toBe(panel.querySelector("button"));
});

test("an outcome that is pressed twice logs one call", async () => {
  const task = { id: "task_9", lead_id: "lead_2", lead_name: "Marcus Hale", kind: "call", title: "Call", tries: 0 };
  const { sent } = renderPage(() => <Focus row={ROW} onDone={() => {}} />, "/calls", "/calls", {
    "GET /api/calls/mine": { calls_from: FROM, call: null },
    "POST /api/tasks": task,
    "PATCH /api/tasks/task_9": task,
  });
  await screen.findByRole("heading", { name: "Marcus Hale" });
  fireEvent.keyDown(document.body, { key: "3" });
  fireEvent.keyDown(document.body, { key: "3" });
  await waitFor(() => expect(sent.some((request) => request.path === "/api/tasks/task_9")).toBe(true));
  expect(tasksOf(sent)).toHaveLength(1);
});

test("the note written during a call is logged with it, by one digit, and the bar has no second note", async () => {
  const task = { id: "task_9", lead_id: "lead_2", lead_name: "Marcus Hale", kind: "call", title: "Call", tries: 0 };
  const ended = { id: "call_1", lead_id: "lead_2", state: "ended", end: "busy", proposed: "busy", seconds: 62 };
  shownCall.set("call_1");
  function Page() {
    return (
      <>
        <CallPlace />
        <Focus row={ROW} onDone={() => {}} />
      </>
    );
  }
  const { sent } = renderPage(Page, "/calls", "/calls", {
    "GET /api/calls/mine": { calls_from: FROM, call: { ...ended, placed_at: "2026-11-20T09:00:00Z" } },
    "GET /api/leads/lead_2": { id: "lead_2", name: "Marcus Hale" },
    "POST /api/tasks": task,
    "PATCH /api/tasks/task_9": task,
  });
  await screen.findByText("Choose the outcome beside your note.");
  expect(screen.getAllByLabelText("Note")).toHaveLength(1);
  expect(screen.getByRole("button", { name: "Log busy" })).toBeTruthy();
  fireEvent.change(screen.getByLabelText("Note"), { target: { value: "Asks for a price" } });
  fireEvent.keyDown(document.body, { key: "1" });
  await waitFor(() => expect(sent.some(({ method }) => method === "PATCH")).toBe(true));
  expect(sent.find(({ method }) => method === "PATCH")?.body).toMatchObject({
    outcome: "connected",
    note: "Asks for a price",
    call_id: "call_1",
    call_seconds: 62,
  });
  await waitFor(() => expect(screen.queryByRole("region", { name: "Call" })).toBeNull());
});

test("a note begun for one lead is in the bar once the user has gone to the next", async () => {
  const ended = { id: "call_1", lead_id: "lead_2", state: "ended", end: "busy", proposed: "busy" };
  shownCall.set("call_1");
  function Page() {
    const [row, setRow] = useState(ROW);
    return (
      <>
        <CallPlace />
        <button type="button" onClick={() => setRow({ ...ROW, lead_id: "lead_3", lead_name: "Elena Marsh" })}>
          Next lead
        </button>
        <Focus key={row.lead_id} row={row} onDone={() => {}} />
      </>
    );
  }
  renderPage(Page, "/calls", "/calls", {
    "GET /api/calls/mine": { calls_from: FROM, call: { ...ended, placed_at: "2026-11-20T09:00:00Z" } },
    "GET /api/leads/lead_2": { id: "lead_2", name: "Marcus Hale" },
  });
  fireEvent.change(await screen.findByLabelText("Note"), { target: { value: "Asks for a price" } });
  fireEvent.click(screen.getByRole("button", { name: "Next lead" }));
  const bar = within(await screen.findByRole("region", { name: "Call" }));
  await waitFor(() => expect(bar.getByLabelText<HTMLTextAreaElement>("Note").value).toBe("Asks for a price"));
});
