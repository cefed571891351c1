// This browser as a push device: it is subscribed at its push service after a click, and told to the server. The browser keeps
// its subscription while the app is closed, until the user signs out; each start looks whether the server still has it.
import { client, unwrap } from "@/api/client";
import { storedRefreshToken } from "@/api/session";
import type { Schema } from "@/api/types";
import { deviceKey } from "./desktop";
import { ownSubscription, unsubscribe, WORKER } from "./subscription";

export type PushDevices = Schema["PushDevicesView"];

/** What stands in the way of pushing to this browser. */
export type Hindrance = "unsupported" | "blocked" | "not_installed";

export function hindrance(): Hindrance | undefined {
  if ("serviceWorker" in navigator && "PushManager" in window && typeof Notification !== "undefined")
    return Notification.permission === "denied" ? "blocked" : undefined;
  // Safari on an iPhone or iPad has push for apps on the Home Screen alone, and says there whether it shows one.
  return "standalone" in navigator && !navigator.standalone ? "not_installed" : "unsupported";
}

const bytesOf = (text: string) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const isFor = (subscription: PushSubscription, key: Uint8Array) => {
  const known = subscription.options.applicationServerKey;
  return !!known && new Uint8Array(known).every((byte, i) => byte === key[i]);
};

/** Subscribes for the server's key; a subscription for another key is given up. */
async function subscribed(serverKey: string): Promise<PushSubscription> {
  const key = bytesOf(serverKey);
  await navigator.serviceWorker.register(WORKER);
  const { pushManager } = await navigator.serviceWorker.ready;
  const known = await pushManager.getSubscription();
  if (known && isFor(known, key)) return known;
  await known?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

/** What the server was told: this address, in this session. The second part of a refresh token names the session. */
const toldOf = ({ endpoint }: PushSubscription) => `${storedRefreshToken()?.split(".")[1]} ${endpoint}`;

async function tell(user: string, subscription: PushSubscription): Promise<PushDevices> {
  const { endpoint, keys } = subscription.toJSON();
  const body = { endpoint: endpoint ?? "", p256dh: keys?.p256dh ?? "", auth: keys?.auth ?? "" };
  const devices = await unwrap(client.POST("/api/notifications/devices", { body }));
  localStorage.setItem(deviceKey(user), toldOf(subscription));
  return devices;
}

/** Adds this browser. None where the user, whom the browser asks, does not allow it; only ever after a click. */
export async function addThisDevice(user: string, serverKey: string): Promise<PushDevices | undefined> {
  if ((await Notification.requestPermission()) !== "granted") return undefined;
  return tell(user, await subscribed(serverKey));
}

/** Ends the browser's own subscription. */
export async function forgetThisDevice(user: string): Promise<void> {
  localStorage.removeItem(deviceKey(user));
  await unsubscribe();
}

/**
 * Adds this browser again where its session, its address or the server's key has changed since. What the server was told in
 * this session and does not have any more was removed, such as from another browser: it is not added again.
 */
export async function keepThisDevice(user: string): Promise<void> {
  if (hindrance() || Notification.permission !== "granted") return;
  const { devices, server_key } = await unwrap(client.GET("/api/notifications/devices"));
  const own = devices.find((device) => device.is_this_session);
  const told = localStorage.getItem(deviceKey(user));
  const before = await ownSubscription();
  if (!own && before && isFor(before, bytesOf(server_key)) && told === toldOf(before)) return forgetThisDevice(user);
  const subscription = await subscribed(server_key);
  if (!own?.is_current || told !== toldOf(subscription)) await tell(user, subscription);
}

/** Opens what the user has clicked in a pushed notification, until the answer is called. */
export function onPushedClick(open: (path: string) => void): () => void {
  const listen = ({ data, ports }: MessageEvent) => {
    if (typeof data?.open !== "string") return;
    ports?.[0]?.postMessage("opened");
    open(data.open);
  };
  navigator.serviceWorker?.addEventListener("message", listen);
  return () => navigator.serviceWorker?.removeEventListener("message", listen);
}
