// The accounts that can be connected: each kind, or each provider of a shared kind.
import { type AccountKind, isShared } from "@/shared/lib/senders";
import type { AccountView, SenderView } from "./queries";

export interface Offer {
  kind: AccountKind;
  sender?: SenderView;
}

/** The provider that an account names, also if the server does not know it any more. */
export function senderOf(c: AccountView, senders: SenderView[]): SenderView | undefined {
  if (!isShared(c.kind)) return undefined;
  const provider = "provider" in c.settings ? c.settings.provider : "";
  return senders.find((s) => s.provider === provider) ?? { provider, kind: c.kind, secrets: [], fields: [] };
}

export function offers(kinds: AccountKind[], senders: SenderView[], accounts: AccountView[]): Offer[] {
  const named = accounts.flatMap((c) => senderOf(c, senders) ?? []);
  const all = new Map([...senders, ...named].map((s) => [s.provider, s]));
  return kinds.flatMap((kind): Offer[] =>
    isShared(kind) ? [...all.values()].filter((s) => s.kind === kind).map((sender) => ({ kind, sender })) : [{ kind }],
  );
}
