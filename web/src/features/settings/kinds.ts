// The kinds of accounts: which fields each needs, and what its secret is called.
import { type AccountKind, channelOf } from "@/shared/lib/senders";
import type { AccountSettings, SenderView } from "./queries";

export interface KindField {
  key: string;
  label: string;
  help?: string;
  type?: "number" | "select" | "list" | "email";
  options?: { value: string; label: string }[];
  initial: string;
  optional?: boolean;
  /** The field applies only if that field is filled. */
  needs?: string;
  /** The field applies only to this choice. */
  only?: { field: string; is: string };
  /** The value is given by the kind, and not asked for. */
  fixed?: boolean;
}

export interface SecretField {
  /** The field's name at the API. */
  key: string;
  label: string;
  /** The meaning of an empty value, if it may be empty. */
  empty?: string;
  /** Whether the secret is needed with these values of the fields; always, if left out. */
  needed?: (values: Record<string, string>) => boolean;
}

export interface Kind {
  label: string;
  what: string;
  fields: KindField[];
  secrets: SecretField[];
}

/** The account sends messages to leads. */
export const sends = (kind: AccountKind) => !!channelOf(kind);

/** The account sends mail. */
export const mailbox = (kind: AccountKind) => channelOf(kind) === "email";

/** The fields that apply with these values. */
export const shownFields = (fields: KindField[], values: Record<string, string>) =>
  fields.filter((f) => (!f.needs || values[f.needs]?.trim()) && (!f.only || values[f.only.field] === f.only.is));

/** Checks of a field before the server sees it. */
export function fieldProblem(field: KindField, value: string): string | undefined {
  const text = value.trim();
  if (!text) return field.optional ? undefined : `${field.label} is required.`;
  if (field.type === "email" && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text)) return "Enter a valid e-mail address.";
  if (field.type === "number" && !(Number.isInteger(Number(text)) && Number(text) > 0)) return "Enter a whole number.";
  return undefined;
}

const FROM_ADDRESS: KindField = { key: "from_address", label: "Address", type: "email", initial: "" };
const FROM_NAME: KindField = { key: "from_name", label: "From name", initial: "" };
const REPLY_TO: KindField = {
  key: "reply_to",
  label: "Reply-to",
  type: "email",
  initial: "",
  optional: true,
  help: "Leave empty to use the address itself.",
};

const FROM_NUMBER: KindField = {
  key: "from_number",
  label: "Number",
  initial: "",
  help: "With its country code: +44…",
};
const BASE_URL: KindField = { key: "base_url", label: "API URL", initial: "" };
const ACCOUNT: KindField = {
  key: "account",
  label: "Account",
  initial: "",
  optional: true,
  help: "The account ID that the provider's webhooks use.",
};

const MADE_UP = "Leave empty to generate one. It is shown once.";

const SECURITY = [
  { value: "start_tls", label: "STARTTLS" },
  { value: "tls", label: "TLS" },
  { value: "none", label: "None (this machine only)" },
];

export const KINDS: Record<AccountKind, Kind> = {
  smtp: {
    label: "Mailbox by SMTP",
    what: "Sends from an ordinary mailbox, and reads its replies by IMAP.",
    fields: [
      FROM_ADDRESS,
      FROM_NAME,
      { key: "host", label: "SMTP server", initial: "" },
      { key: "port", label: "Port", type: "number", initial: "587" },
      { key: "security", label: "Security", type: "select", initial: "start_tls", options: SECURITY },
      { key: "username", label: "User name", initial: "" },
      REPLY_TO,
      {
        key: "imap.host",
        label: "IMAP server",
        initial: "",
        optional: true,
        help: "Replies are read there, so that they stop sequences.",
      },
      { key: "imap.port", label: "IMAP port", type: "number", initial: "993", needs: "imap.host" },
      {
        key: "imap.security",
        label: "IMAP security",
        type: "select",
        initial: "tls",
        options: SECURITY,
        needs: "imap.host",
      },
      {
        key: "imap.username",
        label: "IMAP user name",
        initial: "",
        optional: true,
        needs: "imap.host",
        help: "Leave empty to use the same as for sending.",
      },
      {
        key: "imap.folder",
        label: "Another folder to read",
        initial: "",
        optional: true,
        needs: "imap.host",
        help: "If a rule in your mailbox moves replies there. Inbox, junk and sent mail are always read.",
      },
    ],
    secrets: [
      { key: "password", label: "Password" },
      {
        key: "imap_password",
        label: "IMAP password",
        empty: "Leave empty to use the same as for sending.",
        needed: (v) => !!v["imap.host"]?.trim(),
      },
    ],
  },
  resend: {
    label: "Mailbox by Resend",
    what: "Sends e-mail over Resend's API, from a domain you have verified there, and reads its events.",
    fields: [
      FROM_ADDRESS,
      FROM_NAME,
      REPLY_TO,
      { key: "base_url", label: "API URL", initial: "https://api.resend.com" },
    ],
    secrets: [
      { key: "api_key", label: "API key" },
      {
        key: "signing_secret",
        label: "Webhook signing secret",
        empty: "Enter it once the webhook is set up at Resend. Until then bounces and replies are not seen.",
      },
    ],
  },
  inbound_email: {
    label: "Replies by webhook",
    what: "Receives e-mail that your provider posts to leadflow, signed.",
    fields: [
      {
        key: "via",
        label: "Provider",
        type: "select",
        initial: "relay",
        options: [
          { value: "relay", label: "A relay of your own" },
          { value: "mailgun", label: "Mailgun" },
          { value: "postmark", label: "Postmark" },
          { value: "sendgrid", label: "SendGrid" },
          { value: "ses", label: "Amazon SES" },
        ],
      },
      {
        key: "addresses",
        label: "Addresses",
        type: "list",
        initial: "",
        optional: true,
        help: "Separated by commas. Bounces need none.",
      },
      {
        key: "topic_arn",
        label: "SNS topic",
        initial: "",
        only: { field: "via", is: "ses" },
        help: "Its ARN. The account's page shows what to set up.",
      },
      {
        key: "public_keys",
        label: "Public keys",
        type: "list",
        initial: "",
        optional: true,
        only: { field: "via", is: "sendgrid" },
        help: "Of SendGrid's webhooks, separated by commas. Leave empty to use a password.",
      },
    ],
    secrets: [
      {
        key: "signing_secret",
        label: "Signing secret or password",
        empty:
          "For Mailgun its HTTP webhook signing key. Otherwise at least 20 characters, or leave it empty to generate one; it is shown once.",
        needed: (v) => v.via !== "ses" && !(v.via === "sendgrid" && v.public_keys?.trim()),
      },
    ],
  },
  twilio: {
    label: "Twilio number",
    what: "Sends and receives SMS, and calls leads.",
    fields: [
      FROM_NUMBER,
      { key: "account_sid", label: "Account SID", initial: "" },
      { key: "base_url", label: "API URL", initial: "https://api.twilio.com" },
      {
        key: "places_calls",
        label: "Calls",
        type: "select",
        initial: "false",
        options: [
          { value: "false", label: "SMS only" },
          { value: "true", label: "SMS and calls" },
        ],
        help: "Calls need a number with voice. leadflow rings your own phone, then connects the lead.",
      },
    ],
    secrets: [{ key: "auth_token", label: "Auth token" }],
  },
  whatsapp: {
    label: "WhatsApp number",
    what: "Sends and receives WhatsApp messages through Meta's Cloud API.",
    fields: [
      FROM_NUMBER,
      { key: "phone_number_id", label: "Phone number ID", initial: "", help: "The digits shown in the app's console." },
      { key: "base_url", label: "API URL", initial: "https://graph.facebook.com/v23.0" },
    ],
    secrets: [
      { key: "access_token", label: "Access token" },
      { key: "app_secret", label: "App secret" },
      { key: "verify_token", label: "Verify token", empty: MADE_UP },
    ],
  },
  stripe: {
    label: "Stripe",
    what: "Payments become clients and revenue.",
    fields: [
      { key: "account_id", label: "Account", initial: "", optional: true },
      {
        key: "livemode",
        label: "Mode",
        type: "select",
        initial: "true",
        options: [
          { value: "true", label: "Live" },
          { value: "false", label: "Test" },
        ],
      },
    ],
    secrets: [{ key: "signing_secret", label: "Webhook signing secret" }],
  },
  bookings: {
    label: "Booking link",
    what: "A meeting that a lead books ends their sequences and becomes a task.",
    fields: [
      {
        key: "via",
        label: "Service",
        type: "select",
        initial: "cal_com",
        options: [
          { value: "cal_com", label: "Cal.com" },
          { value: "calendly", label: "Calendly" },
        ],
      },
    ],
    secrets: [
      {
        key: "signing_secret",
        label: "Webhook secret",
        empty: "At least 20 characters, or leave it empty to generate one; it is shown once.",
      },
    ],
  },
  chat_model: {
    label: "Chat model",
    what: "Writes opening lines. Works with OpenAI, Azure, Groq, Anthropic and compatible APIs.",
    fields: [
      { key: "base_url", label: "API URL", initial: "https://api.openai.com/v1" },
      { key: "model", label: "Model", initial: "" },
      {
        key: "api_key_header",
        label: "Send key as",
        type: "select",
        initial: "bearer",
        options: [
          { value: "bearer", label: "Authorization: Bearer" },
          { value: "api_key", label: "api-key (Azure)" },
          { value: "x_api_key", label: "x-api-key (Anthropic)" },
        ],
      },
    ],
    secrets: [{ key: "api_key", label: "API key" }],
  },
  serp_api: {
    label: "SerpAPI",
    what: "Finds a business's location and time zone from its address, and businesses of a trade.",
    fields: [{ key: "base_url", label: "API URL", initial: "https://serpapi.com" }],
    secrets: [{ key: "api_key", label: "API key" }],
  },
  email_sender: {
    label: "Mailbox",
    what: "Sends e-mail over HTTP.",
    fields: [FROM_ADDRESS, FROM_NAME, REPLY_TO, BASE_URL, ACCOUNT],
    secrets: [],
  },
  sms_sender: {
    label: "SMS number",
    what: "Sends and receives SMS.",
    fields: [FROM_NUMBER, BASE_URL, ACCOUNT],
    secrets: [],
  },
  whatsapp_sender: {
    label: "WhatsApp number",
    what: "Sends and receives WhatsApp messages.",
    fields: [FROM_NUMBER, BASE_URL, ACCOUNT],
    secrets: [],
  },
  data_provider: {
    label: "Data",
    what: "Finds data about people and companies.",
    fields: [BASE_URL],
    secrets: [],
  },
  hunter: {
    label: "Hunter",
    what: "Checks whether an address can receive e-mail, finds addresses, people and companies.",
    fields: [{ key: "base_url", label: "API URL", initial: "https://api.hunter.io" }],
    secrets: [{ key: "api_key", label: "API key" }],
  },
};

/** A field's name in words: `region_code` as "Region code". */
const word = (name: string) =>
  OWN_WORDS[name] ?? `${name.slice(0, 1).toUpperCase()}${name.slice(1).replaceAll("_", " ")}`;

/** Names that a provider uses for its own things, where ours would not be found there. */
const PROVIDERS: Record<string, { label: string; what: string }> = {
  google: {
    label: "Mailbox at Google",
    what: "Sends from a Google Workspace mailbox and reads its replies, through the Gmail API.",
  },
  microsoft: {
    label: "Mailbox at Microsoft 365",
    what: "Sends from an Exchange Online mailbox and reads its replies, through Microsoft Graph.",
  },
  apollo: { label: "Apollo", what: "Finds people and companies, and what is known of them." },
  people_data_labs: {
    label: "People Data Labs",
    what: "Finds what is known of a person, also by their LinkedIn profile, or of a company.",
  },
  zerobounce: {
    label: "ZeroBounce",
    what: "Checks whether an address can receive e-mail. Asked where Hunter is not connected.",
  },
  serper: {
    label: "Serper",
    what: "Finds businesses on the map. Asked for places where SerpAPI is not connected.",
  },
  apify: { label: "Apify", what: "Runs actors, such as scrapers, for columns. The key is the API token." },
};
const OWN_WORDS: Record<string, string> = {
  api_key: "API key",
  client_id: "Client ID",
  client_secret: "Client secret",
  tenant: "Directory (tenant) ID",
};

/** The kind, with its provider's own fields if many providers share the kind. */
export function kindOf(kind: AccountKind, sender?: SenderView): Kind {
  const own = KINDS[kind];
  if (!sender) return own;
  const provider: KindField = { key: "provider", label: "Provider", initial: sender.provider, fixed: true };
  const asked = sender.fields.map((name) => ({ key: `fields.${name}`, label: word(name), initial: "" }));
  const known = own.fields.map((f) => (f === BASE_URL && sender.api_url ? { ...f, initial: sender.api_url } : f));
  /** An account that is connected on its provider's page reports through no webhook; its API's address is known. */
  const fields = sender.redirect_uri
    ? [
        ...known.filter((f) => f !== ACCOUNT && f !== REPLY_TO && f.key !== BASE_URL.key),
        ...asked,
        REPLY_TO,
        ...known.filter((f) => f.key === BASE_URL.key).map((f) => ({ ...f, help: "Leave it as it is." })),
      ]
    : [...known, ...asked];
  return {
    ...(PROVIDERS[sender.provider] ?? { label: `${own.label} by ${word(sender.provider)}`, what: own.what }),
    fields: [provider, ...fields],
    secrets: sender.secrets.map((key) => ({ key, label: word(key) })),
  };
}

/** Turns form texts into the API's settings: numbers, booleans, lists; empty optional fields are absent. */
export function settingsFrom(
  kind: AccountKind,
  values: Record<string, string>,
  fields = KINDS[kind].fields,
): AccountSettings {
  const out: Record<string, unknown> = { kind };
  for (const f of shownFields(fields, values)) {
    const text = (values[f.key] ?? "").trim();
    if (!text && f.optional && f.type !== "list") continue;
    const [outer = f.key, inner] = f.key.split(".");
    out[outer] = inner ? { ...(out[outer] as object | undefined), [inner]: apiValue(f, text) } : apiValue(f, text);
  }
  return out as AccountSettings;
}

function apiValue(f: KindField, text: string): unknown {
  if (f.type === "number") return Number(text);
  if (f.type === "list")
    return text
      .split(/[,\s]+/)
      .map((s) => s.trim())
      .filter(Boolean);
  return f.key === "livemode" || f.key === "places_calls" ? text === "true" : text;
}

export function valuesFrom(
  kind: AccountKind,
  settings: Record<string, unknown>,
  fields = KINDS[kind].fields,
): Record<string, string> {
  return Object.fromEntries(
    fields.map((f) => {
      const [outer = f.key, inner] = f.key.split(".");
      const group = settings[outer] as Record<string, unknown> | null | undefined;
      const v = inner ? group?.[inner] : group;
      // A choice that is left out is the first one.
      const none = (f.needs && !group) || f.type === "select" ? f.initial : "";
      return [f.key, Array.isArray(v) ? v.join(", ") : v === undefined || v === null ? none : String(v)];
    }),
  );
}
