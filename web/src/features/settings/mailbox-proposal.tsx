// The settings that are known for a mailbox's address: found while it is typed, filled in, and explained.
import { useQuery } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import type { ReactNode } from "react";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { useDelayed } from "@/shared/lib/hooks";
import { Button } from "@/shared/ui/button";

export type MailboxProposal = Schema["MailboxProposal"];

const ADDRESS = /^[^@\s]+@[^@\s]+\.[^@\s]{2,}$/;

/** Asks once the user has paused, and again for another address only. */
export function useMailboxProposal(address: string, enabled: boolean): MailboxProposal | undefined {
  const asked = useDelayed(address.trim().toLowerCase(), 500);
  const { data } = useQuery({
    queryKey: ["mailbox-proposal", asked],
    queryFn: ({ signal }) =>
      unwrap(client.POST("/api/settings/mailbox-proposal", { body: { address: asked }, signal })),
    enabled: enabled && ADDRESS.test(asked),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchOnWindowFocus: false,
  });
  return enabled ? (data?.proposal ?? undefined) : undefined;
}

/** Whether a password is of any use, so that servers are worth filling in. */
const takesPassword = (p: MailboxProposal) => ["password", "app_password", "google"].includes(p.sign_in);

/** The form's texts of a proposal. */
export function proposedTexts(p: MailboxProposal): Record<string, string> {
  if (!takesPassword(p)) return {};
  const texts: Record<string, string> = {
    "settings.host": p.smtp.host,
    "settings.port": String(p.smtp.port),
    "settings.security": p.smtp.security,
    "settings.username": p.smtp.username,
    "settings.imap.host": p.imap.host,
    "settings.imap.port": String(p.imap.port),
    "settings.imap.security": p.imap.security,
  };
  if (p.imap.username !== p.smtp.username) texts["settings.imap.username"] = p.imap.username;
  return texts;
}

/** The fields that belong together: a server that was typed keeps its port, even one that was not. */
const TOGETHER = [
  ["settings.host", "settings.port", "settings.security"],
  ["settings.imap.host", "settings.imap.port", "settings.imap.security"],
];

/** The fields that a proposal may fill. */
export const PROPOSED = [...TOGETHER.flat(), "settings.username", "settings.imap.username"];

/** The proposed texts without those of a server that a person has typed. */
export function freeTexts(p: MailboxProposal, typed: ReadonlySet<string>): [string, string][] {
  const taken = new Set([...typed, ...TOGETHER.filter((all) => all.some((key) => typed.has(key))).flat()]);
  return Object.entries(proposedTexts(p)).filter(([key]) => !taken.has(key));
}

/** What the proposal was read from: "because Strato takes the mail for firm.example". */
export function sourceWords(p: MailboxProposal, address: string): string {
  const domain = address.trim().split("@").pop() ?? "";
  const provider = p.provider ?? "its provider";
  switch (p.found_by) {
    case "address":
      return `because ${domain} is ${provider}`;
    case "mail_servers":
      return `because ${provider} takes the mail for ${domain}`;
    case "settings_file":
      return `from the settings published for ${domain}`;
    case "service_records":
      return `from the DNS records of ${domain}`;
  }
}

const CONNECTED_AT = { google: "Google", microsoft: "Microsoft" } as const;

/**
 * What was found and filled in, what differs because it was typed, and what to do first. `onConnectAt` goes to the form of
 * a mailbox that is connected on its provider's page.
 */
export function ProposalNote({
  proposal: p,
  address,
  filled,
  onConnectAt,
}: {
  proposal: MailboxProposal;
  address: string;
  /** The fields that were filled in. */
  filled: number;
  onConnectAt?: (provider: "google" | "microsoft") => void;
}) {
  const provider = p.provider ?? "The provider";
  const at = p.sign_in === "google" || p.sign_in === "microsoft" ? p.sign_in : undefined;
  const found = filled
    ? `Servers and user name are filled in, ${sourceWords(p, address)}. What you have typed yourself stays.`
    : `${p.provider ?? "A provider"} was recognised, ${sourceWords(p, address)}. What you have typed stays.`;
  return (
    <div role="status" className="space-y-1.5 rounded-panel border bg-canvas px-3.5 py-2.5 sm:col-span-2">
      <p className="font-medium [overflow-wrap:anywhere]">{heading(p, provider)}</p>
      {takesPassword(p) ? <p className="text-ink-2 [overflow-wrap:anywhere]">{found}</p> : null}
      {p.is_off_at_first ? (
        <p className="text-ink-2">Allow IMAP and SMTP in the mailbox's own settings first; they are off there.</p>
      ) : null}
      {(at && onConnectAt) || p.help_url ? (
        <p className="flex flex-wrap items-center gap-x-4 gap-y-1.5">
          {at && onConnectAt ? (
            <Button size="sm" kind="primary" onClick={() => onConnectAt(at)}>
              Connect at {CONNECTED_AT[at]} instead
            </Button>
          ) : null}
          {p.help_url ? <HelpLink url={p.help_url}>{helpWords(p)}</HelpLink> : null}
        </p>
      ) : null}
    </div>
  );
}

function heading(p: MailboxProposal, provider: string): string {
  switch (p.sign_in) {
    case "google":
      return "This mailbox is at Google: connect it there, without a password. Here it takes an app password.";
    case "microsoft":
      return "This mailbox is at Microsoft, which takes no passwords here: connect it at Microsoft.";
    case "app_password":
      return `${provider} takes an app password here, not your own password.`;
    case "other_page":
      return `${provider} takes no passwords, and leadflow does not know its sign-in page.`;
    case "local_bridge":
      return `${provider} is reached only through a program on your own machine, which leadflow cannot use.`;
    case "password":
      return p.provider ? `This mailbox is at ${p.provider}.` : "Settings were found for this address.";
  }
}

const helpWords = (p: MailboxProposal) =>
  p.sign_in === "app_password" || p.sign_in === "google"
    ? "Create an app password"
    : p.is_off_at_first
      ? "How to allow them"
      : "The provider's help";

export function HelpLink({ url, children }: { url: string; children: ReactNode }) {
  return (
    <a
      href={url}
      target="_blank"
      rel="noreferrer"
      className="inline-flex items-center gap-1 text-accent-ink underline underline-offset-2"
    >
      {children}
      <ExternalLink size={12} aria-hidden="true" />
      <span className="sr-only">, in a new tab</span>
    </a>
  );
}
