// The mailboxes that a campaign writes from: chosen among all, each with how it fares and what it may send today.
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { asProblem } from "@/api/errors";
import type { CampaignView } from "@/api/types";
import { Field } from "@/shared/forms/field";
import { stateOf, todayLine } from "@/shared/lib/account-state";
import { plural } from "@/shared/lib/format";
import { State } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Checkbox } from "@/shared/ui/checkbox";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { Loaded } from "@/shared/ui/states";
import { toast } from "@/shared/ui/toast";
import { isMailbox, type Sender, senderChoicesQuery, useChangeCampaign } from "./queries";

const GONE: { value: CampaignView["when_mailbox_gone"]; label: string }[] = [
  { value: "reassign", label: "They go on from another, in a new thread" },
  { value: "hold", label: "They wait until it is back" },
  { value: "exit", label: "They leave the sequence" },
];

/** As the API answers it. */
const MOST = 20;

export function MailboxChoice({
  mailboxes,
  chosen,
  onChosen,
  error,
}: {
  mailboxes: Sender[];
  chosen: string[];
  onChosen: (ids: string[]) => void;
  error?: string;
}) {
  const id = useId();
  return (
    <fieldset aria-describedby={`${id}-help`}>
      <legend className="mb-1 font-medium">Sends e-mail from</legend>
      <ul className="divide-y border-y">
        {mailboxes.map((m) => (
          <li key={m.id} className="flex min-h-9 items-center gap-2">
            <Checkbox
              id={`${id}-${m.id}`}
              checked={chosen.includes(m.id)}
              onValue={(on) => onChosen(on ? [...chosen, m.id] : chosen.filter((other) => other !== m.id))}
            />
            <label htmlFor={`${id}-${m.id}`} className="min-w-0 flex-1 py-1.5">
              {m.name}
              <span className="ml-2 text-meta text-ink-2">{todayLine(m) ?? "no limits"}</span>
            </label>
            <State tone={stateOf(m).tone}>{stateOf(m).word}</State>
          </li>
        ))}
      </ul>
      <p id={`${id}-help`} className={error ? "mt-1 text-bad-ink" : "mt-1 text-meta text-ink-3"}>
        {error ??
          (chosen.length > MOST
            ? `At most ${MOST} can be chosen.`
            : "Each person is written to from one of them all the way: from the one with most room when their turn comes.")}
      </p>
    </fieldset>
  );
}

/** What the campaign writes from, and where that is changed. */
export function CampaignMailboxes({ campaign: c, open }: { campaign: CampaignView; open: boolean }) {
  const [changing, setChanging] = useState(false);
  const senders = useQuery(senderChoicesQuery);
  const chosen = c.mailbox_ids.map((id) => senders.data?.items.find((s) => s.id === id));
  const gone = senders.data ? chosen.filter((m) => !m?.enabled).length : 0;
  const words = chosen.length === 1 && chosen[0] ? chosen[0].name : plural(chosen.length, "mailbox", "mailboxes");
  return (
    <span>
      Sends from <span className="text-ink">{chosen.length ? words : "no mailbox"}</span>
      {gone ? (
        <span className="text-bad-ink">, {chosen.length === 1 ? "which is" : `${gone} of them`} gone or off</span>
      ) : null}{" "}
      {open ? (
        <button type="button" className="font-medium text-accent-ink hover:underline" onClick={() => setChanging(true)}>
          Change mailboxes
        </button>
      ) : null}
      {changing ? <ChangeMailboxes campaign={c} onClose={() => setChanging(false)} /> : null}
    </span>
  );
}

function ChangeMailboxes({ campaign: c, onClose }: { campaign: CampaignView; onClose: () => void }) {
  const senders = useQuery(senderChoicesQuery);
  const change = useChangeCampaign(c.id);
  const [chosen, setChosen] = useState(c.mailbox_ids);
  const [gone, setGone] = useState(c.when_mailbox_gone);
  const problem = change.error ? asProblem(change.error) : undefined;
  const known = (senders.data?.items ?? []).filter(isMailbox);
  const save = () =>
    change.mutate(
      // One that was deleted cannot be chosen any more.
      { mailbox_ids: chosen.filter((id) => known.some((m) => m.id === id)), when_mailbox_gone: gone, rev: c.rev },
      {
        onSuccess: () => {
          toast("The mailboxes are changed");
          onClose();
        },
      },
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Mailboxes of ${c.name}`}
      footer={
        <>
          <Button kind="primary" busy={change.isPending} disabled={chosen.length > MOST} onClick={save}>
            Save
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <Loaded query={senders} what="The mailboxes">
        {() => (
          <div className="space-y-4">
            <MailboxChoice
              mailboxes={known}
              chosen={chosen}
              onChosen={setChosen}
              error={problem ? (problem.byField().mailbox_ids ?? problem.message) : undefined}
            />
            <Field
              label="When a mailbox is deleted, switched off or taken out"
              help="This is about those it has written to. Who has had no mail yet gets another."
            >
              <Select
                value={gone}
                options={GONE}
                onValue={(way) => setGone(way as CampaignView["when_mailbox_gone"])}
                className="w-full"
              />
            </Field>
          </div>
        )}
      </Loaded>
    </Dialog>
  );
}
