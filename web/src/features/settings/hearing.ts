// Whether answers to a mailbox reach leadflow, as it can be told before it is saved.
import type { AccountView } from "./queries";

/** The address that answers come to. */
export function answersGoTo(settings: Record<string, unknown>): string | undefined {
  const of = (key: string) => {
    const text = settings[key];
    return typeof text === "string" && text.trim() ? text.trim().toLowerCase() : undefined;
  };
  return of("reply_to") ?? of("from_address");
}

/** As the API tells of one that is saved. */
export const isHeard = (address: string, all: AccountView[]) =>
  all.some(
    ({ settings, enabled }) =>
      settings.kind === "inbound_email" &&
      enabled &&
      settings.addresses.some((known) => known.toLowerCase() === address),
  );
