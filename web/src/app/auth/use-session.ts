// The signed-in user, for components, and the actions that change the session.
import { useSyncExternalStore } from "react";
import { client, unwrap } from "@/api/client";
import { queryClient } from "@/api/query";
import {
  accessToken,
  changeIdentity,
  currentIdentity,
  endSession,
  type Identity,
  onSessionChange,
  recallSession,
  refreshSession,
  rememberIdentity,
  type Session,
  startSession,
  storedRefreshToken,
} from "@/api/session";
import type { Schema } from "@/api/types";
import { unsubscribe } from "@/app/notify/subscription";

// However the session ends, what is still pushed for it is not shown to whoever uses the browser next. The browser stays marked
// as the user's push device, so that the next sign-in adds it again.
onSessionChange(() => {
  if (!storedRefreshToken()) void unsubscribe().catch(() => undefined);
});

export function useIdentity(): Identity | undefined {
  return useSyncExternalStore(onSessionChange, currentIdentity, currentIdentity);
}

export type SecondFactorChallenge = Schema["SecondFactorChallenge"];

/**
 * Begins the session of somebody who has just signed in. If another session goes on in this browser, what is pushed for it is
 * not shown to the new user; a browser that is the new user's push device is added again.
 */
export async function beginSession(session: Session) {
  if (storedRefreshToken()) await unsubscribe().catch(() => undefined);
  startSession(session);
}

/** Begins the session that a password has opened; returns the challenge where a code is asked for first. */
export async function startOrChallenge(answer: Schema["SignInAnswer"]): Promise<SecondFactorChallenge | undefined> {
  if ("second_factor" in answer) return answer.second_factor;
  await beginSession(answer);
  return undefined;
}

export async function signIn(body: { email: string; password: string }) {
  return startOrChallenge(await unwrap(client.POST("/api/auth/login", { body })));
}

export async function verifyCode(body: { token: string; code: string }) {
  await beginSession(await unwrap(client.POST("/api/auth/totp/verify", { body })));
}

export interface SignUp {
  email: string;
  password: string;
  name: string;
  workspace_name: string;
  country?: string;
  zone?: string;
  setup_code?: string;
}

export async function signUp(body: SignUp) {
  await beginSession(await unwrap(client.POST("/api/auth/signup", { body })));
}

/** Ends the session here and at the server; if the server does not answer, the user is signed out here all the same. */
export async function signOut() {
  try {
    if (storedRefreshToken()) await unwrap(client.POST("/api/auth/logout", {}));
  } catch {
    // The session ends here all the same; at the server it expires.
  } finally {
    endSession();
    queryClient.clear();
  }
}

/** Checks after a reload whether the session still exists. */
export async function resumeSession(): Promise<Identity | undefined> {
  if (!storedRefreshToken()) {
    // The user signed out in another tab.
    if (currentIdentity()) endSession();
    return undefined;
  }
  if (currentIdentity() && accessToken()) return currentIdentity();
  const recalled = recallSession();
  if (recalled) return recalled;
  if (!accessToken() && !(await refreshSession())) return undefined;
  const known = currentIdentity();
  if (known) return known;
  const me = await unwrap(client.GET("/api/auth/me", {}));
  rememberIdentity(me);
  return currentIdentity();
}

export { changeIdentity, type Identity };
