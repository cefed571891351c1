import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { endSession, type Session, startSession } from "@/api/session";
import { signOut } from "@/app/auth/use-session";
import { isPushDevice } from "./desktop";
import { addThisDevice, forgetThisDevice, hindrance, keepThisDevice, onPushedClick } from "./push-device";

const KEY = "AQID";
const OTHER = "AQIE";

/** A browser's push manager, with what it was asked. */
function browser(known?: string) {
  let serial = 0;
  const subscription = (key: Uint8Array) => {
    serial += 1;
    const endpoint = `https://push.example/${serial}`;
    return {
      endpoint,
      options: { applicationServerKey: key.buffer },
      toJSON: () => ({ endpoint, keys: { p256dh: "p", auth: "a" } }),
      unsubscribe: async () => {
        state.subscription = undefined;
      },
    };
  };
  const state: { subscription?: ReturnType<typeof subscription> } = {};
  if (known) state.subscription = subscription(Uint8Array.from(atob(known), (c) => c.charCodeAt(0)));
  const pushManager = {
    getSubscription: async () => state.subscription ?? null,
    subscribe: vi.fn(async ({ applicationServerKey }: { applicationServerKey: Uint8Array }) => {
      state.subscription = subscription(applicationServerKey);
      return state.subscription;
    }),
  };
  const registration = { pushManager };
  vi.stubGlobal("navigator", {
    serviceWorker: {
      register: async () => registration,
      ready: Promise.resolve(registration),
      getRegistration: async () => registration,
    },
  });
  vi.stubGlobal("PushManager", class {});
  return { state, pushManager };
}

/** What the server was told. */
let told: { path: string; body: Record<string, string> }[] = [];
let devices: object[] = [];
const permission = { permission: "default", answer: "granted" };

beforeEach(() => {
  told = [];
  devices = [];
  Object.assign(permission, { permission: "default", answer: "granted" });
  vi.stubGlobal("Notification", {
    get permission() {
      return permission.permission;
    },
    requestPermission: async () => {
      permission.permission = permission.answer;
      return permission.answer;
    },
  });
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.method === "POST") told.push({ path: new URL(request.url).pathname, body: await request.json() });
    const answer = { server_key: KEY, devices };
    return new Response(JSON.stringify(answer), { headers: { "content-type": "application/json" } });
  });
});
afterEach(() => {
  endSession();
  vi.unstubAllGlobals();
  localStorage.clear();
});

test("a browser is subscribed for the server's key and told to the server", async () => {
  browser();
  await addThisDevice("user_1", KEY);
  expect(told).toEqual([
    { path: "/api/notifications/devices", body: { endpoint: "https://push.example/1", p256dh: "p", auth: "a" } },
  ]);
  expect([isPushDevice("user_1"), isPushDevice("user_2")]).toEqual([true, false]);
});

test("a user who does not allow notifications is not subscribed", async () => {
  permission.answer = "denied";
  const { pushManager } = browser();
  expect(await addThisDevice("user_1", KEY)).toBeUndefined();
  expect(pushManager.subscribe).not.toHaveBeenCalled();
  expect([told, isPushDevice("user_1"), hindrance()]).toEqual([[], false, "blocked"]);
});

test("a subscription for the same key is used again, and one for another key is given up", async () => {
  const same = browser(KEY);
  await addThisDevice("user_1", KEY);
  expect(same.pushManager.subscribe).not.toHaveBeenCalled();
  const other = browser(OTHER);
  await addThisDevice("user_1", KEY);
  expect(other.pushManager.subscribe).toHaveBeenCalledTimes(1);
});

const session = (id: string) =>
  startSession({
    access_token: "access",
    refresh_token: `login_1.${id}.secret`,
    expires_in: 600,
    workspace: { id: "ws_1" },
  } as Session);

test("a start tells the server only what it does not know", async () => {
  session("session_1");
  browser();
  await addThisDevice("user_1", KEY);
  devices = [{ is_this_session: true, is_current: true }];
  await keepThisDevice("user_1");
  expect(told).toHaveLength(1);
  session("session_2");
  devices = [{ is_this_session: false, is_current: true }];
  await keepThisDevice("user_1");
  expect(told).toHaveLength(2);
  devices = [{ is_this_session: true, is_current: true }];
  const { state } = browser();
  await keepThisDevice("user_1");
  expect(told.at(-1)?.body.endpoint).toBe(state.subscription?.endpoint);
});

test("a browser that was removed elsewhere is not added again", async () => {
  session("session_1");
  const { state } = browser();
  await addThisDevice("user_1", KEY);
  await keepThisDevice("user_1");
  expect([told.length, state.subscription, isPushDevice("user_1")]).toEqual([1, undefined, false]);
});

test("a browser that was forgotten with the server's key is added again for the next", async () => {
  session("session_1");
  const { state } = browser();
  await addThisDevice("user_1", OTHER);
  await keepThisDevice("user_1");
  expect([told.length, told.at(-1)?.body.endpoint]).toEqual([2, state.subscription?.endpoint]);
});

test("the end of a session ends the subscription, and the next sign-in adds the browser again", async () => {
  session("session_1");
  const { state } = browser();
  await addThisDevice("user_1", KEY);
  endSession();
  await vi.waitFor(() => expect(state.subscription).toBeUndefined());
  session("session_2");
  await keepThisDevice("user_1");
  expect(told).toHaveLength(2);
});

test("a sign-out whose server does not answer ends the subscription", async () => {
  session("session_1");
  const { state } = browser();
  await addThisDevice("user_1", KEY);
  vi.stubGlobal("fetch", async () => {
    throw new TypeError("offline");
  });
  await signOut();
  await vi.waitFor(() => expect(state.subscription).toBeUndefined());
  expect(isPushDevice("user_1")).toBe(true);
});

test("a browser that is removed ends its subscription", async () => {
  const { state } = browser();
  await addThisDevice("user_1", KEY);
  await forgetThisDevice("user_1");
  expect([state.subscription, isPushDevice("user_1")]).toEqual([undefined, false]);
});

test("what stands in the way is told apart", () => {
  vi.stubGlobal("navigator", {});
  expect(hindrance()).toBe("unsupported");
  vi.stubGlobal("navigator", { standalone: false });
  expect(hindrance()).toBe("not_installed");
  browser();
  expect(hindrance()).toBeUndefined();
});

test("a click in a pushed notification opens its page, and the worker hears so, until nobody listens", () => {
  const worker = new EventTarget();
  vi.stubGlobal("navigator", { serviceWorker: worker });
  const opened: string[] = [];
  const answered: string[] = [];
  const ports = [{ postMessage: (text: string) => answered.push(text) }];
  const say = (data: unknown) => worker.dispatchEvent(Object.assign(new Event("message"), { data, ports }));
  const stop = onPushedClick((path) => void opened.push(path));
  say({ open: "/leads/lead_1" });
  say({ open: 7 });
  say(null);
  stop();
  say({ open: "/leads/lead_2" });
  expect(opened).toEqual(["/leads/lead_1"]);
  expect(answered).toEqual(["opened"]);
});
