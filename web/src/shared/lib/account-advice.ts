// What to do about an account that fails, by its fault. The sidebar needs none of these words.
import type { Schema } from "@/api/types";
import { type Account, isFailing, READING } from "./account-state";

const ADVICE: Record<Schema["AccountFault"], string> = {
  host_unknown: "No server has this name. Check the server name for typos.",
  not_reached:
    "The server does not answer at this port. Mailboxes use 587 with STARTTLS or 465 with TLS; a firewall may block the port.",
  certificate: "The server's certificate is not for this name. Use the server's name that your provider gives.",
  no_encryption: "The server does not encrypt this way. Choose STARTTLS with port 587, or TLS with port 465.",
  not_allowed: "This address is not allowed. Use your provider's public address.",
  login_refused:
    "User name, password or key is wrong. Many providers require an app password instead of your own password.",
  needs_app_password:
    "This provider takes an app password instead of your own password. Create one in its settings, and enter it here.",
  needs_grant:
    "This provider takes no password here. Connect the mailbox on its own page instead, as a mailbox at Google or Microsoft.",
  refused: "The provider refuses this account for the reason above. Fix it, or contact the provider.",
  busy: "The provider is not accepting messages right now. Try again in a few minutes.",
  not_connected: "Click Connect, and allow the access on the provider's page.",
  other_mailbox: "Connect again, and choose the mailbox whose address this account has.",
};

/** The same where the mailbox cannot be read; a refusal says itself what to do. */
const READING_ADVICE: Partial<typeof ADVICE> = {
  host_unknown: "No server has this name. Check the IMAP server for typos.",
  not_reached: "The IMAP server does not answer at this port. Usual are 993 with TLS, and 143 with STARTTLS.",
  busy: "The IMAP server accepts nothing right now. Try again in a few minutes.",
};

/** What to do about a failing account; nothing if that is unknown. */
export function adviceOn(c: Account): string | undefined {
  const fault = isFailing(c) ? c.last_error?.fault : undefined;
  if (!fault) return undefined;
  return c.last_error?.detail.startsWith(READING) ? READING_ADVICE[fault] : ADVICE[fault];
}
