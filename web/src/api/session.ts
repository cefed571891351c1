// The session: the signed-in user, kept across reloads and shared by tabs, with one refresh at a time.
import { problemFrom, unreachable } from "./errors";
import type { Schema } from "./types";

export type SessionUser = Schema["UserView"];

export type SessionWorkspace = Schema["WorkspaceView"];

export type Session = Schema["SessionView"];

export type Identity = Schema["Me"];

const REFRESH_KEY = "leadflow.refresh";
const ACCESS_KEY = "leadflow.access";
/** Why the last session ended, if the user did not end it: for the sign-in page, in every tab. */
const WHY_KEY = "leadflow.ended";
/** A token this close to its end is not used any more. */
const SPARE_MS = 30_000;
let access: string | undefined;
let identity: Identity | undefined;
let inFlight: Promise<string | undefined> | undefined;
const listeners = new Set<() => void>();

function notify() {
  for (const listener of listeners) listener();
}

export const accessToken = () => access;
export const currentIdentity = () => identity;
export const storedRefreshToken = () => localStorage.getItem(REFRESH_KEY) ?? undefined;

export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function keepAccess(expiresIn: number | undefined) {
  if (!access || !identity || !expiresIn) return localStorage.removeItem(ACCESS_KEY);
  localStorage.setItem(ACCESS_KEY, JSON.stringify({ access, identity, until: Date.now() + expiresIn * 1000 }));
}

export function startSession(session: Session) {
  access = session.access_token;
  identity = {
    user: session.user,
    workspace: session.workspace,
    sees: session.sees,
    second_factor_needed: session.second_factor_needed,
  };
  localStorage.setItem(REFRESH_KEY, session.refresh_token);
  localStorage.removeItem(WHY_KEY);
  keepAccess(session.expires_in);
  notify();
}

export const whySessionEnded = () => localStorage.getItem(WHY_KEY) ?? undefined;

/** The session of the previous page load, while its access token lasts: a reload spends no refresh token. */
export function recallSession(): Identity | undefined {
  if (!storedRefreshToken()) return undefined;
  try {
    const kept = JSON.parse(localStorage.getItem(ACCESS_KEY) ?? "{}");
    if (!(kept.until - SPARE_MS > Date.now()) || !kept.access || !kept.identity?.user) return undefined;
    access = kept.access;
    identity = kept.identity;
    return identity;
  } catch {
    return undefined;
  }
}

export function endSession() {
  access = undefined;
  identity = undefined;
  localStorage.removeItem(REFRESH_KEY);
  localStorage.removeItem(ACCESS_KEY);
  notify();
}

/** Calls back when this browser shows another workspace by now: another tab has moved, or a page of before came back. */
export function onOtherWorkspace(moved: () => void): () => void {
  const look = () => {
    const kept = localStorage.getItem(ACCESS_KEY);
    if (kept && identity && !kept.includes(`"${identity.workspace.id}"`)) moved();
  };
  const news = ["storage", "pageshow"] as const;
  for (const kind of news) window.addEventListener(kind, look);
  return () => {
    for (const kind of news) window.removeEventListener(kind, look);
  };
}

export function rememberIdentity(known: Identity) {
  identity = known;
  notify();
}

export function changeIdentity(next: Partial<Identity>) {
  if (!identity) return;
  identity = { ...identity, ...next };
  localStorage.removeItem(ACCESS_KEY);
  notify();
}

/** Two tabs must not spend the same refresh token: its second use would revoke the session. */
export async function withLock<T>(work: () => Promise<T>): Promise<T> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  if (!locks) return work();
  return (await locks.request("leadflow-refresh", work)) as T;
}

/** Loads the app anew in the workspace that the session shows now. Nothing that waits goes on. */
export function startAnew(): Promise<never> {
  window.location.replace("/");
  return new Promise(() => {});
}

async function spendRefreshToken(): Promise<string | undefined> {
  const token = storedRefreshToken();
  if (!token) return undefined;
  let response: Response;
  try {
    response = await fetch("/api/auth/refresh", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({ refresh_token: token }),
    });
  } catch {
    throw unreachable();
  }
  if (response.ok) {
    const next = (await response.json()) as Partial<Session> & { access_token: string; refresh_token: string };
    const before = identity?.workspace.id;
    access = next.access_token;
    localStorage.setItem(REFRESH_KEY, next.refresh_token);
    if (next.user && next.workspace)
      identity = {
        user: next.user,
        workspace: next.workspace,
        sees: next.sees ?? "all",
        second_factor_needed: next.second_factor_needed ?? false,
      };
    keepAccess(next.expires_in);
    // Another tab has moved to another workspace: what waits for this token was meant for the one before.
    if (before && identity && identity.workspace.id !== before) return startAnew();
    notify();
    return access;
  }
  // Only a refusal ends the session; a broken server does not sign the user out.
  if (response.status === 401 || response.status === 403 || response.status === 422) {
    const told = problemFrom(response, await response.json().catch(() => undefined));
    localStorage.setItem(WHY_KEY, told.detail);
    endSession();
    return undefined;
  }
  throw problemFrom(response, await response.json().catch(() => undefined));
}

/** Returns a fresh access token, or `undefined` when the session is over. Callers share one request. */
export function refreshSession(): Promise<string | undefined> {
  inFlight ??= withLock(spendRefreshToken).finally(() => {
    inFlight = undefined;
  });
  return inFlight;
}
