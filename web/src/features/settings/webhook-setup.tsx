// What has to be entered at a provider, so that it tells leadflow what happens there: the webhook's address and the steps.
import { CopyButton } from "@/shared/ui/copy-button";
import { Heading } from "@/shared/ui/section";
import type { AccountView } from "./queries";

interface Setup {
  provider: string;
  steps: string[];
}

const RESEND: Setup = {
  provider: "Resend",
  steps: [
    "Domains, Receiving: set the MX record that Resend shows.",
    "Webhooks, Add webhook: the address below, with the events email.received, email.delivered, email.bounced, email.complained, email.failed and email.suppressed.",
    "Copy its signing secret, click Change here and enter it. The API key needs full access.",
  ],
};

const VIAS: Record<string, Setup> = {
  relay: {
    provider: "your relay",
    steps: ["Post each raw mail to the address below, signed with the secret that was shown once. API.md says how."],
  },
  mailgun: {
    provider: "Mailgun",
    steps: [
      "Sending, Domain settings: add the domain of your reply addresses and its MX records.",
      "Receiving, Create route: match_recipient for that domain, action forward with the address below.",
    ],
  },
  postmark: {
    provider: "Postmark",
    steps: [
      "Inbound stream, Settings: enter the address below as the webhook, with the password that was shown once in place of <password>.",
      "Tick “Include raw email content in JSON payload”.",
      "Enter your domain as Inbound domain, and set the MX record that Postmark shows.",
    ],
  },
  sendgrid: {
    provider: "SendGrid",
    steps: [
      "Point the MX record of your reply domain to mx.sendgrid.net.",
      "Settings, Inbound Parse, Add host & URL: the domain and the address below. Tick “POST the raw, full MIME message”.",
      "Settings, Mail settings, Event webhook: the same address, with the events Delivered, Bounced, Dropped and Spam reports, and Signed event webhook on.",
    ],
  },
  ses: {
    provider: "Amazon SES",
    steps: [
      "Verify the domain of your reply addresses, and set its MX record to inbound-smtp.<region>.amazonaws.com.",
      "Create a receipt rule for it with the action Deliver to S3 bucket: leadflow's bucket (the stack's output BucketName), the object key prefix below, and the SNS topic.",
      "For bounces and complaints let your identity's default configuration set publish Deliveries, Hard bounces, Complaints and Rejects to the same topic.",
      "SNS, Create subscription: protocol HTTPS, the address below, raw message delivery off. leadflow confirms it.",
    ],
  },
};

const KINDS: Partial<Record<AccountView["kind"], Setup>> = {
  resend: RESEND,
  twilio: {
    provider: "Twilio",
    steps: ["Phone numbers, your number, Messaging: enter the address below for “A message comes in”, with HTTP POST."],
  },
  whatsapp: {
    provider: "Meta",
    steps: [
      "WhatsApp, Configuration: enter the address below as the callback URL, with the verify token.",
      "Subscribe to the webhook field messages.",
    ],
  },
  stripe: {
    provider: "Stripe",
    steps: ["Workbench, Webhooks: add the address below as a destination, with payload style Snapshot."],
  },
};

const BOOKINGS: Record<"cal_com" | "calendly", Setup> = {
  cal_com: {
    provider: "Cal.com",
    steps: [
      "Settings, Developer, Webhooks, New: the address below as the subscriber URL, with the secret that was shown once.",
      "Choose the triggers Booking created, Booking rescheduled, Booking cancelled, Booking requested and Booking rejected. Leave the payload template as it is.",
      "Enter your booking link under Settings, Company: messages and preview pages carry it.",
    ],
  },
  calendly: {
    provider: "Calendly",
    steps: [
      "Create a webhook subscription by Calendly's API (a paid plan is needed): the address below as url, the secret that was shown once as signing_key, and the events invitee.created and invitee.canceled.",
      "Enter your booking link under Settings, Company: messages and preview pages carry it.",
    ],
  },
};

function setupOf({ settings }: AccountView): Setup | undefined {
  if (settings.kind === "bookings") return BOOKINGS[settings.via];
  return settings.kind === "inbound_email" ? VIAS[settings.via ?? "relay"] : KINDS[settings.kind];
}

/** The webhook's address in the form in which its provider wants it. */
export function addressFor({ settings, webhook_url: url }: AccountView): string | undefined {
  if (!url || settings.kind !== "inbound_email") return url ?? undefined;
  if (settings.via === "mailgun") return `${url}/mime`;
  const hasPassword = settings.via === "postmark" || (settings.via === "sendgrid" && !settings.public_keys?.length);
  return hasPassword ? url.replace("://", "://leadflow:<password>@") : url;
}

export function WebhookSetup({ account: c }: { account: AccountView }) {
  const address = addressFor(c);
  if (!address) return null;
  const setup = setupOf(c);
  return (
    <section aria-label="Webhook">
      <Heading>Webhook</Heading>
      <div className="space-y-2 border-t pt-2">
        {setup ? (
          <>
            <p className="font-medium">Set up at {setup.provider}</p>
            <ol className="list-decimal space-y-0.5 pl-5 text-ink-2">
              {setup.steps.map((step) => (
                <li key={step}>{step}</li>
              ))}
            </ol>
          </>
        ) : null}
        <Copied label="Address" text={address} />
        {c.mail_folder ? <Copied label="Object key prefix" text={c.mail_folder} /> : null}
      </div>
    </section>
  );
}

function Copied({ label, text }: { label: string; text: string }) {
  return (
    <div>
      <p className="text-meta text-ink-2">{label}</p>
      <p className="flex items-center gap-2">
        <code className="min-w-0 text-meta break-all">{text}</code>
        <CopyButton what={label.toLowerCase()} text={text} />
      </p>
    </div>
  );
}
