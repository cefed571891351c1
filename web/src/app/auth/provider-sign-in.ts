// Sign-in at a provider: what the browser was sent there for, kept in this tab until it comes back.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";

export type SignInProvider = Schema["SignInProvider"];

/**
 * What follows at the provider's answer: a session and the page that was asked for, a connection in the profile, a new
 * workspace, or a place in the team of an invitation.
 */
export type Errand =
  | { what: "sign-in"; next?: string }
  | { what: "connect" }
  | { what: "sign-up"; body: Omit<Schema["ProviderSignUp"], "ticket"> }
  | { what: "join"; body: Omit<Schema["ProviderInvitation"], "ticket"> };

const KEY = "leadflow.provider-errand";
/** The next sign-in of this tab is to prove anew who sits there: a provider is to ask, too, though it remembers. */
const AFRESH = "leadflow.sign-in-afresh";

export const askAfresh = () => sessionStorage.setItem(AFRESH, "1");

export const offeredProviders = () => unwrap(client.GET("/api/auth/providers"));

export const providersQuery = queryOptions({
  queryKey: ["sign-in-providers"],
  queryFn: offeredProviders,
  staleTime: Number.POSITIVE_INFINITY,
});

export function goToProvider(provider: SignInProvider, errand: Errand) {
  sessionStorage.setItem(KEY, JSON.stringify(errand));
  const afresh = sessionStorage.getItem(AFRESH);
  sessionStorage.removeItem(AFRESH);
  location.assign(`/api/auth/${provider}/start${afresh ? "?afresh=true" : ""}`);
}

/** None where this tab has sent nobody to a provider: the answer is another tab's, or an attacker's. */
export function takeErrand(): Errand | undefined {
  const kept = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  return kept ? (JSON.parse(kept) as Errand) : undefined;
}
