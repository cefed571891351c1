import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startLive, waitBefore } from "./live";
import { live } from "./query";

class FakeSocket {
  static all: FakeSocket[] = [];
  onopen?: () => void;
  onmessage?: (message: { data: unknown }) => void;
  onclose?: () => void;
  sent: string[] = [];
  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }
  send(text: string) {
    this.sent.push(text);
  }
  close() {
    this.onclose?.();
  }
}

let stop: (() => void) | undefined;
let answers: Response[];
const told = (topics: unknown) => newest().onmessage?.({ data: JSON.stringify({ topics }) });
const newest = () => FakeSocket.all.at(-1) as FakeSocket;
const ticket = () => Response.json({ url: "wss://push.example/live?ticket=t", valid_seconds: 30 }, { status: 201 });

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  answers = [];
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("fetch", async () => answers.shift() ?? ticket());
});
afterEach(() => {
  stop?.();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A cache with one query that is shown for each of these keys, whose parts are words, and how often each was read. */
async function shown(...keys: string[]) {
  const cache = new QueryClient();
  const reads: Record<string, number> = {};
  for (const key of keys) {
    reads[key] = 0;
    const queryFn = async () => {
      reads[key] = (reads[key] ?? 0) + 1;
      return key;
    };
    new QueryObserver(cache, { queryKey: key.split(" "), queryFn }).subscribe(() => {});
  }
  stop = startLive(cache);
  await vi.advanceTimersByTimeAsync(10);
  return reads;
}

test("a topic reads the queries that show it at once, and no others", async () => {
  const reads = await shown("leads", "tasks");
  newest().onopen?.();
  await vi.advanceTimersByTimeAsync(10);
  const before = { ...reads };
  told(["tasks", "invented"]);
  await vi.advanceTimersByTimeAsync(10);
  expect(reads).toEqual({ leads: before.leads, tasks: (before.tasks ?? 0) + 1 });
});

test("targets, which the server counts anew for each answer, are not read with every lead and task", async () => {
  const reads = await shown("targets", "own-targets");
  newest().onopen?.();
  await vi.advanceTimersByTimeAsync(10);
  const before = { ...reads };
  told(["leads", "tasks"]);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(reads).toEqual(before);
  told(["revenue"]);
  await vi.advanceTimersByTimeAsync(10);
  expect(reads).toEqual({ ...before, targets: (before.targets ?? 0) + 1 });
});

test("while much changes, queries are read every three seconds, and the last change is not lost", async () => {
  const reads = await shown("leads");
  newest().onopen?.();
  await vi.advanceTimersByTimeAsync(10);
  const before = reads.leads ?? 0;
  for (let i = 0; i < 5; i++) {
    told(["leads"]);
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(reads.leads).toBe(before + 1);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(reads.leads).toBe(before + 2);
});

test("notifications are read at once, however much else changes", async () => {
  const reads = await shown("leads", "notifications");
  newest().onopen?.();
  await vi.advanceTimersByTimeAsync(10);
  const before = { ...reads };
  told(["leads"]);
  await vi.advanceTimersByTimeAsync(500);
  told(["leads", "notifications"]);
  await vi.advanceTimersByTimeAsync(10);
  expect(reads).toEqual({ leads: (before.leads ?? 0) + 1, notifications: (before.notifications ?? 0) + 1 });
  await vi.advanceTimersByTimeAsync(3_000);
  expect(reads).toEqual({ leads: (before.leads ?? 0) + 2, notifications: (before.notifications ?? 0) + 1 });
});

test("a hidden page reads notifications alone, and the rest once it is shown", async () => {
  const reads = await shown("leads", "notifications");
  newest().onopen?.();
  await vi.advanceTimersByTimeAsync(10);
  const before = { ...reads };
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  for (let i = 0; i < 3; i++) {
    told(["leads", "notifications"]);
    await vi.advanceTimersByTimeAsync(4_000);
  }
  expect(reads).toEqual({ leads: before.leads, notifications: (before.notifications ?? 0) + 3 });
  hidden.mockReturnValue(false);
  document.dispatchEvent(new Event("visibilitychange"));
  await vi.advanceTimersByTimeAsync(10);
  expect(reads.leads).toBe((before.leads ?? 0) + 1);
});

test("tasks and campaigns read a lead's timeline, and not the lists of leads", async () => {
  const reads = await shown("leads", "leads timeline");
  newest().onopen?.();
  await vi.advanceTimersByTimeAsync(10);
  const before = { ...reads };
  told(["campaigns"]);
  await vi.advanceTimersByTimeAsync(10);
  expect(reads).toEqual({ leads: before.leads, "leads timeline": (before["leads timeline"] ?? 0) + 1 });
});

test("the account that a message leaves from is read anew with the inbox and with the accounts", async () => {
  const reads = await shown("senders lead_1");
  newest().onopen?.();
  await vi.advanceTimersByTimeAsync(10);
  const before = reads["senders lead_1"] ?? 0;
  told(["inbox"]);
  await vi.advanceTimersByTimeAsync(4_000);
  told(["workspace"]);
  await vi.advanceTimersByTimeAsync(10);
  expect(reads["senders lead_1"]).toBe(before + 2);
});

test("queries poll at their own pace until the connection is open, and again when it is lost", async () => {
  await shown("leads");
  const pace = live(5_000);
  expect(pace()).toBe(5_000);
  newest().onopen?.();
  expect(pace()).toBe(30_000);
  newest().close();
  expect(pace()).toBe(5_000);
});

test("a new connection reads everything that is shown", async () => {
  const reads = await shown("leads");
  const before = reads.leads ?? 0;
  newest().onopen?.();
  await vi.advanceTimersByTimeAsync(10);
  expect(reads.leads).toBe(before + 1);
});

test("a refused ticket is asked for again, ever more seldom", async () => {
  answers = Array.from({ length: 3 }, () => Response.json({ title: "Not found", status: 404 }, { status: 404 }));
  await shown("leads");
  expect(FakeSocket.all).toEqual([]);
  await vi.advanceTimersByTimeAsync(8_000);
  expect(FakeSocket.all.length).toBe(1);
  expect([0, 3, 10].map((tries) => waitBefore(tries, 1))).toEqual([1_000, 8_000, 60_000]);
  expect(waitBefore(3, 0)).toBe(4_000);
});

test("an open page sends something before ten minutes and connects anew before two hours", async () => {
  await shown("leads");
  const first = newest();
  first.onopen?.();
  await vi.advanceTimersByTimeAsync(9 * 60_000 + 100);
  expect(first.sent).toEqual(["{}"]);
  await vi.advanceTimersByTimeAsync(108 * 60_000);
  expect(FakeSocket.all.length).toBe(2);
});

test("a message that is no list of topics changes nothing", async () => {
  const reads = await shown("leads");
  newest().onopen?.();
  await vi.advanceTimersByTimeAsync(10);
  const before = reads.leads;
  for (const data of ["", "no json", "[]", '{"topics":"leads"}', '{"topics":[1]}', "null"])
    newest().onmessage?.({ data });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reads.leads).toBe(before);
});

test("a page that is one too many connects again when it is shown again, and not before", async () => {
  await shown("leads");
  newest().onopen?.();
  newest().onmessage?.({ data: '{"topics":[],"closing":"too_many"}' });
  newest().close();
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(FakeSocket.all).toHaveLength(1);
  document.dispatchEvent(new Event("visibilitychange"));
  await vi.advanceTimersByTimeAsync(10);
  expect(FakeSocket.all).toHaveLength(2);
});
