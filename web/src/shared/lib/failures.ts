// Why a message did not arrive: our classes and the providers' codes in words, for the middle of a sentence.
import type { Schema } from "@/api/types";
import { words } from "./format";

export type Failure = Schema["Failure"];

const CLASS_WORDS: Record<string, string> = {
  hard_unknown_user: "nobody has this address or number",
  hard_domain: "no mail is taken at this domain",
  soft_full: "their mailbox is full",
  soft_temp: "not taken for now",
  soft_greylist: "not taken at the first try",
  blocked_policy: "refused by a rule there",
  blocked_reputation: "refused because of our sender's reputation",
  auth_failed: "our sender is not trusted: sign-in, SPF, DKIM or DMARC",
  too_large: "too long or too large",
  challenge: "a person is to prove first that they are one",
  opted_out: "they have asked the provider to stop",
  not_mobile: "the number takes no texts",
  not_on_whatsapp: "the number is not on WhatsApp",
  window_closed: "more than a day since they last wrote",
  no_route: "no way from our number to theirs",
  region_off: "their country is switched off at the provider",
  bad_content: "the provider does not take such a message",
  address_not_supported: "the address has letters that this way does not carry",
  account_refused: "the provider refuses our account",
  provider_down: "the provider could not be reached",
  not_allowed: "it may not be sent to them",
  unknown: "refused for a reason we do not know",
};

/** Codes that say more than their class. Of mail by the second half, `5.1.2`. */
const CODE_WORDS: Record<string, string> = {
  "5.1.2": "the domain does not exist",
  "5.1.3": "the address is misspelled",
  "5.1.6": "they have moved",
  "5.1.8": "our address is refused",
  "5.1.10": "the domain takes no mail",
  "5.2.1": "the mailbox is closed",
  "5.4.1": "their server takes nothing for this address",
  "5.4.4": "the way to their domain is not found",
  "5.7.1": "their server does not allow it",
  "5.7.25": "our server has no name of its own",
  "5.7.26": "neither SPF nor DKIM passes",
  "20003": "the provider does not know our sign-in",
  "20005": "our account there is not active",
  "21211": "no valid number",
  "21606": "our number cannot send texts",
  "21608": "a trial account may write to checked numbers only",
  "21610": "they have sent STOP",
  "21614": "no mobile number",
  "21635": "a landline",
  "30003": "the phone is off or out of reach",
  "30004": "blocked by them or their carrier",
  "30005": "the number is not in use",
  "30006": "a landline, or a carrier that cannot be reached",
  "30007": "filtered by their carrier",
  "30034": "our number is not registered for texts to the United States",
  "368": "our account is blocked for a breach of rules",
  "131021": "it is our own number",
  "131031": "our account is locked",
  "131042": "the bill there is not paid",
  "131048": "too many have complained about us",
  "131049": "enough advertising for this person today",
  "131050": "they have stopped advertising of ours",
  "131051": "a kind of message that is not taken",
  "132005": "the filled-in template is too long",
  "133010": "our number is not registered",
  security_error: "held to be a danger",
};

/** "nobody has this address or number, the mailbox is closed (550 5.2.1 Account disabled)" */
export function failureWords({ class: kind, code, detail }: Failure): string {
  const last = code?.split(" ").at(-1) ?? "";
  const why = [CLASS_WORDS[kind] ?? words(kind).toLowerCase(), CODE_WORDS[code ?? ""] ?? CODE_WORDS[last]];
  // What the provider said has its code in it more often than not.
  const said = [code && !detail.includes(last) ? code : undefined, detail.trim()];
  const aside = said.filter(Boolean).join(", ");
  return `${why.filter(Boolean).join(", ")}${aside ? ` (${aside})` : ""}`;
}
