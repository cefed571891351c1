// The accounts of a campaign before its launch: whether they work, and whether replies are received.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useId } from "react";
import type { CampaignView } from "@/api/types";
import { type AccountView, accountsQuery } from "@/app/accounts/queries";
import { AccountTrouble, inTrouble } from "@/app/accounts/trouble";
import { Checkbox } from "@/shared/ui/checkbox";

const listed = new Intl.ListFormat("en", { type: "conjunction" });

type Senders = Pick<CampaignView, "mailbox_ids" | "sms_sender_id" | "whatsapp_sender_id">;

/** The accounts of those channels that the campaign sends from; none before they are loaded. */
export function launchedBy(c: Senders, channels: string[], all: AccountView[]): AccountView[] {
  const ids = [
    ...(channels.includes("email") ? c.mailbox_ids : []),
    ...(channels.includes("sms") ? [c.sms_sender_id] : []),
    ...(channels.includes("whatsapp") ? [c.whatsapp_sender_id] : []),
  ];
  return all.filter((a) => a.enabled && ids.includes(a.id));
}

/** The accounts whose replies are not received. */
export const unheardAmong = (accounts: AccountView[]) => accounts.filter((a) => a.hears_replies === false);

/** The accounts that a launch is about to use; `pending` until they are loaded. */
export function useLaunchAccounts(c: Senders, channels: string[]) {
  const query = useQuery(accountsQuery);
  const accounts = query.data ? launchedBy(c, channels, query.data.items) : [];
  return { accounts, unheard: unheardAmong(accounts), pending: query.isPending };
}

export function LaunchAccounts({
  accounts,
  accepted,
  onAccepted,
}: {
  accounts: AccountView[];
  /** The user who launches has confirmed that replies are not received. */
  accepted: boolean;
  onAccepted: (yes: boolean) => void;
}) {
  const id = useId();
  const unheard = unheardAmong(accounts);
  return (
    <div className="mb-3 space-y-3 empty:hidden">
      {accounts.some(inTrouble) ? <AccountTrouble accounts={accounts} /> : null}
      {unheard.length ? (
        <div className="rounded-panel border bg-warm-soft px-3.5 py-3 text-ink">
          <p className="font-medium">Replies do not stop this campaign.</p>
          <p>
            leadflow cannot read replies to {listed.format(unheard.map((a) => a.name))}: leads who reply still get the
            next message.{" "}
            <Link to="/settings/$section" params={{ section: "mailboxes" }} className="font-medium underline">
              Set up replies
            </Link>
          </p>
          <p className="mt-2 flex items-center gap-2">
            <Checkbox id={id} checked={accepted} onValue={onAccepted} />
            <label htmlFor={id}>I check replies myself and stop leads who reply.</label>
          </p>
        </div>
      ) : null}
    </div>
  );
}
