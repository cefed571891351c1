import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { queryClient } from "@/api/query";
import { PhoneLink } from "@/app/calls/phone-link";
import { listen } from "@/shared/lib/keyboard";
import { renderPage } from "@/test-page";
import { CallPlace } from "./call-place";
import type { CallView } from "./phone-link";
import { shownCall } from "./placing";

const FROM = "+14155552671";

const call = (over: Partial<CallView>): CallView => ({
  id: "call_1",
  lead_id: "lead_1",
  state: "calling",
  placed_at: "2026-11-20T09:00:00Z",
  ...over,
});

let unheard: () => void;
beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  unheard = listen();
});
afterEach(() => {
  unheard();
  shownCall.set(undefined);
  queryClient.clear();
  vi.useRealTimers();
});

function open(mine: object, more: Record<string, unknown> = {}, role: "rep" | "read_only" = "rep") {
  const answers: Record<string, unknown> = {
    "GET /api/calls/mine": mine,
    "GET /api/leads/lead_1": { id: "lead_1", name: "Elena Marsh" },
    ...more,
  };
  const Page = () => (
    <>
      <PhoneLink number="+442074960351" lead="lead_1" />
      <CallPlace />
    </>
  );
  return { answers, ...renderPage(Page, "/calls", "/calls", answers, role) };
}

/** Opens a page on which a call has just ended. */
function openEnded(more: Record<string, unknown>) {
  shownCall.set("call_1");
  return open({ calls_from: FROM, call: call({ state: "ended", end: "busy", proposed: "busy" }) }, more);
}

test("a number without an account that places calls is a link for the device's phone", async () => {
  open({ calls_from: null, call: null });
  const link = await screen.findByRole("link", { name: /496/ });
  expect(link.getAttribute("href")).toBe("tel:+442074960351");
});

test("a read-only user gets the link, too", async () => {
  open({ calls_from: FROM, call: null }, {}, "read_only");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(screen.getByRole("link", { name: /496/ })).toBeTruthy();
});

test("a call is placed once, followed to its end, and logged with one key", async () => {
  const task = { id: "task_9", lead_id: "lead_1", lead_name: "Elena Marsh", kind: "call", title: "Call", tries: 0 };
  const { answers, sent } = open(
    { calls_from: FROM, call: null },
    {
      "POST /api/calls": call({}),
      "POST /api/tasks": task,
      "PATCH /api/tasks/task_9": { ...task, outcome: "busy" },
    },
  );
  fireEvent.click(await screen.findByRole("button", { name: /496/ }));
  await screen.findByText("Calling your phone");
  answers["GET /api/calls/mine"] = { calls_from: FROM, call: call({ state: "ringing_lead" }) };
  await act(() => vi.advanceTimersByTimeAsync(2_500));
  await screen.findByText("Ringing");
  answers["GET /api/calls/mine"] = { calls_from: FROM, call: call({ state: "ended", end: "busy", proposed: "busy" }) };
  await act(() => vi.advanceTimersByTimeAsync(2_500));
  await screen.findByRole("button", { name: "Log busy" });
  fireEvent.keyDown(document.body, { key: "3" });
  await waitFor(() => expect(screen.queryByRole("region", { name: "Call" })).toBeNull());
  await waitFor(() => expect(sent.some((request) => request.method === "PATCH")).toBe(true));
  const calls = sent.filter((request) => request.path === "/api/calls");
  expect(calls.map((request) => request.body)).toEqual([{ lead_id: "lead_1", number: "+442074960351" }]);
  const closed = sent.find((request) => request.method === "PATCH");
  expect(closed?.path).toBe("/api/tasks/task_9");
  expect(closed?.body).toMatchObject({ outcome: "busy", done: true });
});

test("a call that goes on is shown after a reload, and hung up", async () => {
  const { sent } = open(
    { calls_from: FROM, call: call({ state: "talking" }) },
    { "POST /api/calls/call_1/hang-up": call({ state: "ended", end: "completed", proposed: "connected" }) },
  );
  await vi.advanceTimersByTimeAsync(5_000);
  fireEvent.click(await screen.findByRole("button", { name: "Hang up" }));
  await screen.findByText("Call ended");
  expect(sent.map((request) => request.path)).toContain("/api/calls/call_1/hang-up");
  fireEvent.click(screen.getByRole("button", { name: "Do not log" }));
  await waitFor(() => expect(screen.queryByRole("region", { name: "Call" })).toBeNull());
});

test("a call that has gone on for 55 minutes says that it ends", async () => {
  vi.setSystemTime(new Date("2026-11-20T09:54:00Z"));
  open({ calls_from: FROM, call: call({ state: "talking" }) });
  await screen.findByText("Connected");
  expect(screen.queryByText(/The call ends in/)).toBeNull();
  await act(() => vi.advanceTimersByTimeAsync(61_000));
  await screen.findByText(/The call ends in 5 minutes: calls last an hour/);
});

test("a call that ended before the page was opened is not shown", async () => {
  open({ calls_from: FROM, call: call({ state: "ended", end: "busy", proposed: "busy" }) });
  await vi.advanceTimersByTimeAsync(5_000);
  await screen.findByRole("button", { name: /496/ });
  expect(screen.queryByRole("region", { name: "Call" })).toBeNull();
});

test("a call whose answer was lost says so and can be given up", async () => {
  open({ calls_from: FROM, call: call({ state: "not_known" }) });
  await vi.advanceTimersByTimeAsync(5_000);
  await screen.findByText("Your phone may ring. The provider did not answer.");
  expect(screen.getByRole("button", { name: "Give up" })).toBeTruthy();
});

test("a call whose answer was lost on the way is shown as soon as the server tells of it", async () => {
  const { answers } = open({ calls_from: FROM, call: null }, { "POST /api/calls": new Response("", { status: 502 }) });
  const button = await screen.findByRole("button", { name: /496/ });
  answers["GET /api/calls/mine"] = { calls_from: FROM, call: call({}) };
  fireEvent.click(button);
  await screen.findByText("Calling your phone");
});

test("two clicks on an outcome log one call", async () => {
  const task = { id: "task_9", lead_id: "lead_1", lead_name: "Elena Marsh", kind: "call", title: "Call", tries: 0 };
  let made = (_: object) => {};
  const answer = new Promise((resolve) => {
    made = resolve;
  });
  const { sent } = openEnded({ "POST /api/tasks": answer, "PATCH /api/tasks/task_9": task });
  const button = await screen.findByRole("button", { name: "Log busy" });
  fireEvent.click(button);
  fireEvent.click(button);
  made(task);
  await waitFor(() => expect(sent.some((request) => request.method === "PATCH")).toBe(true));
  expect(sent.filter((request) => request.path === "/api/tasks").length).toBe(1);
});

test("the length of a call that has ended is read when the provider tells it later", async () => {
  shownCall.set("call_1");
  const ended = call({ state: "ended", end: "completed", proposed: "connected" });
  const { answers } = open({ calls_from: FROM, call: ended });
  await screen.findByText("Call ended");
  answers["GET /api/calls/mine"] = { calls_from: FROM, call: { ...ended, seconds: 62 } };
  await act(() => vi.advanceTimersByTimeAsync(2_500));
  await screen.findByText("Call ended, 1 min 2 s");
});
