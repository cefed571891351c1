// The kinds of accounts that send, and their channels. A new provider is of an existing kind: the server lists it.
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
  data_provider: undefined,
  inbound_email: undefined,
  stripe: undefined,
  bookings: undefined,
  chat_model: undefined,
  serp_api: undefined,
  hunter: undefined,
};

/** The channel of the account's messages; none if it sends nothing. */
export const channelOf = (kind: string): Channel | undefined => CHANNELS[kind as AccountKind];

export const sendersOf = (channel: Channel) =>
  (Object.keys(CHANNELS) as AccountKind[]).filter((kind) => CHANNELS[kind] === channel);

/** Kinds that many providers share: the account names its own. */
export const isShared = (kind: string) => kind.endsWith("_sender") || kind === "data_provider";

/** The setting in which it is found. */
export const sectionOf = (kind: string) => (channelOf(kind) === "email" ? "mailboxes" : "numbers");
