// Why a message did not arrive: our classes and the providers' codes in words, for the middle of a sentence.
import type { Schema } from "@/api/types";

import { detailWords } from "./own-reasons";

export type Failure = Schema["Failure"];

const CLASS_WORDS: Record<Schema["FailureClass"], string> = {
  hard_unknown_user: "unknown address or number",
  hard_domain: "the domain does not accept mail",
  soft_full: "their mailbox is full",
  soft_temp: "temporarily refused",
  soft_greylist: "refused at the first try (greylisting)",
  blocked_policy: "refused by the recipient's policy",
  blocked_reputation: "refused because of our sender reputation",
  auth_failed: "our mail is not authenticated: login, SPF, DKIM or DMARC",
  too_large: "too long or too large",
  challenge: "the recipient asks senders to prove that they are human",
  opted_out: "they asked the provider to stop",
  not_mobile: "the number cannot receive texts",
  not_on_whatsapp: "the number is not on WhatsApp",
  window_closed: "more than 24 hours since they last wrote",
  no_route: "no route from our number to theirs",
  region_off: "their country is switched off at the provider",
  blocked_number: "blocked by them or their carrier",
  bad_content: "the provider rejects the content",
  address_not_supported: "the address has characters that the server cannot handle",
  account_refused: "the provider refuses our account",
  provider_down: "the provider could not be reached",
  not_allowed: "sending to them is not allowed",
  no_account: "no account can send this",
  cannot_render: "the text cannot be filled in",
  unknown: "refused for an unknown reason",
};

/** Codes that say more than their class. For mail, the enhanced status code, such as `5.1.2`. */
const CODE_WORDS: Record<string, string> = {
  "5.1.2": "the domain does not exist",
  "5.1.3": "the address is misspelled",
  "5.1.6": "they have moved",
  "5.1.8": "our sender address is refused",
  "5.1.10": "the domain accepts no mail",
  "5.2.1": "the mailbox is closed",
  "5.4.1": "their server does not accept this address",
  "5.4.4": "no route to their domain",
  "5.7.1": "their server does not allow it",
  "5.7.25": "our server has no reverse DNS name",
  "5.7.26": "neither SPF nor DKIM passes",
  "20003": "the provider does not recognise our login",
  "20005": "our account is not active",
  "21211": "not a valid number",
  "21606": "our number cannot send texts",
  "21608": "a trial account can text verified numbers only",
  "21610": "they sent STOP",
  "21614": "not a mobile number",
  "21635": "a landline",
  "30003": "the phone is off or unreachable",
  "30004": "blocked by them or their carrier",
  "30005": "the number is not in use",
  "30006": "a landline or an unreachable carrier",
  "30007": "filtered by their carrier",
  "30034": "our number is not registered for texts to the United States",
  "368": "our account is blocked for a policy violation",
  "131021": "it is our own number",
  "131031": "our account is locked",
  "131042": "the provider's bill is not paid",
  "131048": "too many people reported us as spam",
  "131049": "this person has had enough marketing messages today",
  "131050": "they opted out of our marketing messages",
  "131051": "an unsupported kind of message",
  "132005": "the filled-in template is too long",
  "133010": "our number is not registered",
  security_error: "judged a security risk",
};

/** "unknown address or number, the mailbox is closed (550 5.2.1 Account disabled)" */
export function failureWords({ class: kind, code, detail }: Failure): string {
  const last = code?.split(" ").at(-1) ?? "";
  const why = [CLASS_WORDS[kind], CODE_WORDS[code ?? ""] ?? CODE_WORDS[last]];
  // The provider's text usually contains the code.
  const said = [code && !detail.includes(last) ? code : undefined, detailWords(detail)];
  const aside = said.filter(Boolean).join(", ");
  return `${why.filter(Boolean).join(", ")}${aside ? ` (${aside})` : ""}`;
}
