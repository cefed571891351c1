// A notice for a mailbox whose replies do not reach leadflow.
import { Link } from "@tanstack/react-router";
import { answersGoTo } from "./hearing";
import type { AccountView } from "./queries";

export function UnheardReplies({ account: c }: { account: AccountView }) {
  return (
    <div className="mt-3 rounded-panel border bg-warm-soft px-3.5 py-3 text-ink">
      <p className="font-medium">Replies to {c.name} do not stop sequences.</p>
      <p>
        leadflow cannot read e-mail to {answersGoTo(c.settings) ?? "its address"}.{" "}
        {c.kind === "smtp"
          ? "Click Change and enter the mailbox's IMAP server. Or have it forwarded: connect"
          : c.kind === "resend"
            ? "Set up the webhook at Resend, click Change and enter its signing secret. Or have it forwarded: connect"
            : "Have it forwarded: connect"}{" "}
        <Link to="/settings/$section" params={{ section: "mailboxes" }} className="text-accent-ink underline">
          Replies by webhook
        </Link>{" "}
        for that address, or give this mailbox a reply-to address that is connected there.
      </p>
    </div>
  );
}
