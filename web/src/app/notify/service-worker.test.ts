// The service worker's handlers, run in a scope of their own.
import { readFileSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";

const SOURCE = readFileSync(`${process.cwd()}/public/sw.js`, "utf8");
const ORIGIN = "https://app.example";

interface Tab {
  visibilityState: string;
  focus: () => Promise<void>;
  postMessage: (text: object, ports: MessagePort[]) => void;
}

afterEach(() => vi.useRealTimers());

function worker(tabs: Tab[] = []) {
  const handlers: Record<string, (event: object) => void> = {};
  const shown: [string, NotificationOptions][] = [];
  const opened: string[] = [];
  const subscribed: object[] = [];
  const scope = {
    location: { origin: ORIGIN },
    addEventListener: (name: string, handler: (event: object) => void) => {
      handlers[name] = handler;
    },
    skipWaiting: vi.fn(),
    registration: {
      showNotification: async (title: string, options: NotificationOptions) => void shown.push([title, options]),
      pushManager: { subscribe: async (options: object) => void subscribed.push(options) },
    },
    clients: { matchAll: async () => tabs, openWindow: async (url: string) => void opened.push(url) },
  };
  new Function("self", SOURCE)(scope);
  const fire = async (name: string, event: object = {}) => {
    const waits: Promise<unknown>[] = [];
    handlers[name]?.({ ...event, waitUntil: (work: Promise<unknown>) => waits.push(work) });
    await Promise.all(waits);
  };
  const push = (data?: () => unknown) => fire("push", { data: data && { json: data } });
  const click = (data?: object) => {
    const close = vi.fn();
    return fire("notificationclick", { notification: { close, data } }).then(() => close);
  };
  return { fire, push, click, shown, opened, subscribed, handlers };
}

/** A tab that answers, or one that sleeps. */
function tab(visibilityState: string, answers = true) {
  const postMessage = vi.fn((_: object, [port]: MessagePort[]) => {
    if (answers) port?.postMessage("opened");
  });
  return { visibilityState, focus: vi.fn(async () => undefined), postMessage };
}

test("a push shows its title under its tag and keeps the page that a click opens", async () => {
  const { push, shown } = worker();
  await push(() => ({ title: "Ann replied", path: "/leads/lead_1", tag: "n1" }));
  expect(shown).toEqual([["Ann replied", { icon: "/icon-192.png", tag: "n1", data: { path: "/leads/lead_1" } }]]);
});

test("a push without a text, or with one that is none of ours, still shows a notification", async () => {
  const { push, shown } = worker();
  await push();
  await push(() => {
    throw new SyntaxError("no JSON");
  });
  await push(() => null);
  expect(shown.map(([title]) => title)).toEqual(["leadflow", "leadflow", "leadflow"]);
});

test("a click opens the page in a new tab where none is open", async () => {
  const { click, opened } = worker();
  const close = await click({ path: "/leads/lead_1?tab=tasks" });
  expect(close).toHaveBeenCalled();
  expect(opened).toEqual([`${ORIGIN}/leads/lead_1?tab=tasks`]);
});

test("a click shows the page in the tab that is seen, and opens no other", async () => {
  const [hidden, seen] = [tab("hidden"), tab("visible")];
  const { click, opened } = worker([hidden, seen]);
  await click({ path: "/leads/lead_1" });
  expect(seen.focus).toHaveBeenCalled();
  expect(seen.postMessage).toHaveBeenCalledWith({ open: "/leads/lead_1" }, [expect.anything()]);
  expect(hidden.focus).not.toHaveBeenCalled();
  expect(opened).toEqual([]);
});

test("a click opens a new tab where the open one does not answer", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const asleep = tab("hidden", false);
  const { click, opened } = worker([asleep]);
  const clicked = click({ path: "/leads/lead_1" });
  await vi.advanceTimersByTimeAsync(1_000);
  await clicked;
  expect(opened).toEqual([`${ORIGIN}/leads/lead_1`]);
  expect(asleep.focus).not.toHaveBeenCalled();
});

test("a click never leaves the app", async () => {
  for (const path of ["https://evil.example/x", "//evil.example/x", "javascript:alert(1)", 7, undefined]) {
    const { click, opened } = worker();
    await click({ path });
    expect(opened, String(path)).toEqual([`${ORIGIN}/`]);
  }
});

test("a subscription that the push service renews is subscribed anew for the same key", async () => {
  const { fire, subscribed } = worker();
  const options = { userVisibleOnly: true };
  await fire("pushsubscriptionchange", { oldSubscription: { options } });
  await fire("pushsubscriptionchange", { oldSubscription: null });
  expect(subscribed).toEqual([options]);
});

test("the worker answers no requests of pages", () => {
  expect(Object.keys(worker().handlers).sort()).toEqual([
    "install",
    "notificationclick",
    "push",
    "pushsubscriptionchange",
  ]);
});
