// Which kinds of accounts send, and by which channel. A new sender is of a kind there is: the server lists it.
import type { Channel, Schema } from "@/api/types";

export type AccountKind = Schema["AccountKind"];

const CHANNELS: Record<AccountKind, Channel | undefined> = {
  smtp: "email",
  resend: "email",
  twilio: "sms",
  whatsapp: "whatsapp",
  email_sender: "email",
  sms_sender: "sms",
  whatsapp_sender: "whatsapp",
  inbound_email: undefined,
  stripe: undefined,
  chat_model: undefined,
  serp_api: undefined,
  hunter: undefined,
};

/** The channel by which messages go out; none where it sends nothing. */
export const channelOf = (kind: string): Channel | undefined => CHANNELS[kind as AccountKind];

export const sendersOf = (channel: Channel) =>
  (Object.keys(CHANNELS) as AccountKind[]).filter((kind) => CHANNELS[kind] === channel);

/** Of many providers: the account names its own. */
export const isShared = (kind: string) => kind.endsWith("_sender");

/** Where in the settings it is found. */
export const sectionOf = (kind: string) => (channelOf(kind) === "email" ? "mailboxes" : "numbers");
