// The browser's own notifications: wanted by a user in this browser, because the browser's permission holds for one browser,
// too. The kinds are the user's choice.
import { createStore } from "@/shared/lib/store";
import type { NotificationView } from "./queries";

/** What is older than this was no news when the page was opened or came back from sleep. */
const NEWS_MS = 10 * 60_000;

const keyOf = (user: string) => `leadflow.desktop.${user}`;
/** Where it is kept that this browser is a push device of the user, with the session and address that the server was told. */
export const deviceKey = (user: string) => `leadflow.push.${user}`;
export const isPushDevice = (user: string) => localStorage.getItem(deviceKey(user)) !== null;

/** Grows with each change of what is wanted or permitted. */
export const desktopChanges = createStore(0);
export const changed = () => desktopChanges.set((n) => n + 1);

/** Where it is kept that this browser lets a page show none: Chrome for Android asks for the permission all the same. */
const REFUSED_KEY = "leadflow.desktop-refused";

export const isSupported = () => typeof Notification !== "undefined" && localStorage.getItem(REFUSED_KEY) === null;
export const isBlocked = () => isSupported() && Notification.permission === "denied";

/** Whether the user wants notifications in this browser and the browser lets the app show them. */
export const isOn = (user: string) =>
  isSupported() && Notification.permission === "granted" && localStorage.getItem(keyOf(user)) === "on";

/** Asks the browser, which asks the user; only ever after a click. */
export async function turnOn(user: string) {
  if ((await Notification.requestPermission()) === "granted") localStorage.setItem(keyOf(user), "on");
  changed();
}

export function turnOff(user: string) {
  localStorage.removeItem(keyOf(user));
  changed();
}

/** Shows a notification. A browser that refuses its constructor is known as one that shows none from then on. */
export function show(title: string, options: NotificationOptions): Notification | undefined {
  try {
    return new Notification(title, options);
  } catch {
    localStorage.setItem(REFUSED_KEY, "yes");
    changed();
  }
}

/** The notifications to show: new, and of a kind that the user has chosen. */
export const toShow = (
  items: readonly NotificationView[],
  kinds: readonly NotificationView["kind"][],
  known: ReadonlySet<string>,
  now: number,
) =>
  items.filter(
    (n) => kinds.includes(n.kind) && !n.read_at && !known.has(n.id) && now - Date.parse(n.created_at) < NEWS_MS,
  );
