// Whether replies to a mailbox reach leadflow, as far as that is known before it is saved.
import type { AccountView } from "./queries";

/** The address that replies go to. */
export function answersGoTo(settings: Record<string, unknown>): string | undefined {
  const of = (key: string) => {
    const text = settings[key];
    return typeof text === "string" && text.trim() ? text.trim().toLowerCase() : undefined;
  };
  return of("reply_to") ?? of("from_address");
}

/** The same for a saved account, as the API reports it. */
export const isHeard = (address: string, all: AccountView[]) =>
  all.some(
    ({ settings, enabled }) =>
      settings.kind === "inbound_email" &&
      enabled &&
      settings.addresses.some((known) => known.toLowerCase() === address),
  ) || all.some((account) => receivesFor(account, address));

const domainOf = (address: string) => address.slice(address.lastIndexOf("@") + 1).toLowerCase();

/** A mailbox at Resend whose webhook is set up receives the mail of its domains. */
function receivesFor({ settings, enabled, secrets }: AccountView, address: string) {
  if (settings.kind !== "resend" || !enabled || !secrets.includes("signing_secret")) return false;
  return [settings.from_address, settings.reply_to].some((own) => own && domainOf(own) === domainOf(address));
}
