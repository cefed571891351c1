import { useLocation } from "@tanstack/react-router";
import { act, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renderPage } from "@/test-page";
import { isOn, isSupported, toShow, turnOff, turnOn } from "./desktop";
import { DesktopNotices } from "./desktop-notices";

class FakeNotification {
  static permission: NotificationPermission = "default";
  static answer: NotificationPermission = "granted";
  static all: FakeNotification[] = [];
  static async requestPermission() {
    FakeNotification.permission = FakeNotification.answer;
    return FakeNotification.answer;
  }
  onclick?: () => void;
  closed = false;
  constructor(
    readonly title: string,
    readonly options: { body: string; tag: string },
  ) {
    FakeNotification.all.push(this);
  }
  close() {
    this.closed = true;
  }
}

const note = (id: string, change = {}) => ({
  id,
  kind: "reply" as const,
  title: "Nora replied",
  detail: "Sounds good",
  lead_id: "lead_1",
  created_at: new Date().toISOString(),
  ...change,
});

beforeEach(() => {
  FakeNotification.permission = "default";
  FakeNotification.answer = "granted";
  FakeNotification.all = [];
  vi.stubGlobal("Notification", FakeNotification);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  localStorage.clear();
});

test("a user turns notifications on for themselves, and a refusal leaves them off", async () => {
  FakeNotification.answer = "denied";
  await turnOn("user_1");
  expect(isOn("user_1")).toBe(false);
  FakeNotification.answer = "granted";
  await turnOn("user_1");
  expect([isOn("user_1"), isOn("user_2")]).toEqual([true, false]);
  turnOff("user_1");
  expect(isOn("user_1")).toBe(false);
});

const choices = { browser: ["hot_lead", "reply"], pushed: [], quiet: null, hot_leads_always: false, rev: 0 };

test("only what is new and of a chosen kind is shown", () => {
  const now = Date.now();
  const items = [
    note("new"),
    note("hot", { kind: "hot_lead" }),
    note("known"),
    note("read", { read_at: new Date().toISOString() }),
    note("other", { kind: "import_finished" }),
    note("health", { kind: "health", lead_id: null }),
    note("old", { created_at: new Date(now - 11 * 60_000).toISOString() }),
  ];
  const shown = (kinds: Parameters<typeof toShow>[1]) => toShow(items, kinds, new Set(["known"]), now).map((n) => n.id);
  expect(shown(["hot_lead", "reply"])).toEqual(["new", "hot"]);
  expect(shown(["health"])).toEqual(["health"]);
  expect(shown([])).toEqual([]);
});

function Page() {
  const { pathname } = useLocation();
  return (
    <>
      <DesktopNotices />
      <p data-testid="path">{pathname}</p>
    </>
  );
}

test("a hidden page shows what is new since it was opened, and a click opens the lead", async () => {
  const answer = { items: [note("before")] };
  const { cache } = renderPage(Page, "/leads/$id", "/leads/lead_9", {
    "GET /api/notifications": answer,
    "GET /api/notifications/choices": choices,
  });
  await waitFor(() => expect(cache.getQueryData(["notifications"])).toBeTruthy());
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  answer.items = [note("after"), note("before")];
  await act(() => cache.invalidateQueries());
  await waitFor(() => expect(FakeNotification.all.map((n) => n.options.tag)).toEqual(["after"]));
  hidden.mockReturnValue(false);
  act(() => FakeNotification.all[0]?.onclick?.());
  await waitFor(() => expect(screen.getByTestId("path").textContent).toBe("/leads/lead_1"));
});

test("a browser that refuses the constructor keeps its page and is known as one without notifications", async () => {
  await turnOn("user_1");
  const refuse = function refuse() {
    throw new TypeError("Illegal constructor");
  };
  vi.stubGlobal("Notification", Object.assign(refuse, { permission: "granted" }));
  expect([isSupported(), isOn("user_1")]).toEqual([true, true]);
  const answer = { items: [note("before")] };
  const { cache } = renderPage(Page, "/leads/$id", "/leads/lead_9", {
    "GET /api/notifications": answer,
    "GET /api/notifications/choices": choices,
  });
  await waitFor(() => expect(cache.getQueryData(["notifications"])).toBeTruthy());
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  answer.items = [note("after"), note("before")];
  await act(() => cache.invalidateQueries());
  await waitFor(() => expect(isSupported()).toBe(false));
  expect(isOn("user_1")).toBe(false);
  expect(screen.getByTestId("path").textContent).toBe("/leads/lead_9");
});
