// What a campaign sends from: its mailboxes, chosen among all, each with how it fares and what it may send today; its number.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useId, useState } from "react";
import { asProblem } from "@/api/errors";
import type { CampaignView } from "@/api/types";
import { Field } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { stateOf, todayLine } from "@/shared/lib/account-state";
import { plural } from "@/shared/lib/format";
import { channelOf } from "@/shared/lib/senders";
import { State } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Checkbox } from "@/shared/ui/checkbox";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { Loaded } from "@/shared/ui/states";
import { toast } from "@/shared/ui/toast";
import { campaignStatsQuery, isMailbox, type Sender, senderChoicesQuery, useChangeCampaign } from "./queries";

const GONE: { value: CampaignView["when_mailbox_gone"]; label: string }[] = [
  { value: "reassign", label: "They go on from another, in a new thread" },
  { value: "hold", label: "They wait until it is back" },
  { value: "exit", label: "They leave the sequence" },
];

/** As the API answers it. */
export const MOST = 20;

/** The others are counted. */
const NAMED = 3;

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

/** What the campaign sends from, and where that is changed. */
export function CampaignSenders({ campaign: c, open }: { campaign: CampaignView; open: boolean }) {
  const [changing, setChanging] = useState(false);
  const senders = useQuery(senderChoicesQuery);
  const known = (id: string) => senders.data?.items.find((s) => s.id === id);
  const chosen = c.mailbox_ids.map(known);
  const gone = senders.data ? chosen.filter((m) => !m?.enabled).length : 0;
  const texting = [
    { by: "SMS", id: c.sms_sender_id },
    { by: "WhatsApp", id: c.whatsapp_sender_id },
  ].flatMap(({ by, id }) => (id ? [{ by, id, sender: known(id) }] : []));
  const named = chosen.filter((m) => m !== undefined).slice(0, NAMED);
  const others = chosen.length - named.length;
  return (
    <span>
      Sends from{" "}
      {named.map((m, i) => (
        <span key={m.id}>
          {i ? ", " : ""}
          <Link
            to="/settings/$section/$id"
            params={{ section: "mailboxes", id: m.id }}
            className="font-medium text-ink hover:underline"
          >
            {m.name}
          </Link>
        </span>
      ))}
      {others ? (
        <span className="text-ink">
          {named.length ? " and " : ""}
          {plural(others, named.length ? "other" : "mailbox", named.length ? "others" : "mailboxes")}
        </span>
      ) : null}
      {chosen.length ? null : <span className="text-ink">no mailbox</span>}
      {gone ? (
        <span className="text-bad-ink">, {chosen.length === 1 ? "which is" : `${gone} of them`} gone or off</span>
      ) : null}
      {texting.map(({ by, id, sender }) => (
        <span key={id}>
          , {by} from <span className="text-ink">{sender?.name ?? "a number"}</span>
          {senders.data && !sender?.enabled ? <span className="text-bad-ink">, which is gone or off</span> : null}
        </span>
      ))}{" "}
      {open ? (
        <button type="button" className="font-medium text-accent-ink hover:underline" onClick={() => setChanging(true)}>
          Change senders
        </button>
      ) : null}
      {changing ? <ChangeSenders campaign={c} onClose={() => setChanging(false)} /> : null}
    </span>
  );
}

function ChangeSenders({ campaign: c, onClose }: { campaign: CampaignView; onClose: () => void }) {
  const senders = useQuery(senderChoicesQuery);
  const stats = useQuery(campaignStatsQuery(c.id));
  const change = useChangeCampaign(c.id);
  /** As it was opened, whatever is saved meanwhile. */
  const [before] = useState(c);
  const [chosen, setChosen] = useState(c.mailbox_ids);
  const [gone, setGone] = useState(c.when_mailbox_gone);
  const [number, setNumber] = useState(c.sms_sender_id ?? "");
  const [chat, setChat] = useState(c.whatsapp_sender_id ?? "");
  const [warned, setWarned] = useState(false);
  const items = senders.data?.items ?? [];
  const mailboxes = items.filter(isMailbox);
  const texting = [
    {
      field: "sms_sender_id",
      label: "Sends SMS from",
      value: number,
      onValue: setNumber,
      choices: items.filter((s) => channelOf(s.kind) === "sms" && (s.enabled || s.id === number)),
    },
    {
      field: "whatsapp_sender_id",
      label: "Writes on WhatsApp from",
      value: chat,
      onValue: setChat,
      choices: items.filter((s) => channelOf(s.kind) === "whatsapp" && (s.enabled || s.id === chat)),
    },
  ];
  // One that was deleted cannot be chosen any more.
  const kept = chosen.filter((id) => mailboxes.some((m) => m.id === id));
  const lost = before.mailbox_ids.filter((id) => !kept.includes(id) || !mailboxes.find((m) => m.id === id)?.enabled);
  const ends = gone === "exit" && lost.length > 0 && c.state !== "draft";
  const none = kept.length === 0 && before.mailbox_ids.length > 0;
  const save = () => {
    if (ends && !warned) {
      setWarned(true);
      return;
    }
    change.mutate(
      {
        mailbox_ids: kept,
        when_mailbox_gone: gone,
        sms_sender_id: number || null,
        whatsapp_sender_id: chat || null,
        rev: before.rev,
      },
      {
        onSuccess: () => {
          toast("The senders are changed");
          onClose();
        },
      },
    );
  };
  const problem = change.error ? asProblem(change.error) : undefined;
  const left = plural(lost.length, "mailbox", "mailboxes");
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Senders of ${c.name}`}
      footer={
        <>
          <Button
            kind={ends && warned ? "grave" : "primary"}
            busy={change.isPending}
            disabled={!senders.data || none || kept.length > MOST}
            onClick={save}
          >
            {ends && warned ? `Save without ${left}` : "Save"}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <Loaded query={senders} what="The senders">
        {() => (
          <div className="space-y-4">
            <FormProblem problem={problem} fields={["mailbox_ids", "sms_sender_id", "whatsapp_sender_id"]} />
            {ends && warned ? (
              <p role="alert" className="rounded-control bg-bad-soft px-3 py-2 text-bad-ink">
                Whoever {left} left out or off {lost.length === 1 ? "has" : "have"} written to leaves the sequence
                {stats.data ? `, of ${plural(stats.data.enrolments.in_flight, "person", "people")} under way` : ""}. It
                cannot be undone.
              </p>
            ) : null}
            <MailboxChoice
              mailboxes={mailboxes}
              chosen={chosen}
              onChosen={(ids) => {
                setChosen(ids);
                setWarned(false);
              }}
              error={problem?.byField().mailbox_ids ?? (none ? "Choose at least one." : undefined)}
            />
            <Field
              label="When a mailbox is deleted, switched off, taken out or fails for a day"
              help="This is about those it has written to. Who has had no mail yet gets another."
            >
              <Select
                value={gone}
                options={GONE}
                onValue={(way) => {
                  setGone(way as CampaignView["when_mailbox_gone"]);
                  setWarned(false);
                }}
                className="w-full"
              />
            </Field>
            {texting.map(({ field, label, value, onValue, choices }) =>
              choices.length || value ? (
                <Field key={field} label={label} error={problem?.byField()[field]}>
                  <Select
                    value={value}
                    options={[
                      { value: "", label: "No number" },
                      ...choices.map((s) => ({ value: s.id, label: s.name })),
                    ]}
                    onValue={onValue}
                    className="w-full"
                  />
                </Field>
              ) : null,
            )}
          </div>
        )}
      </Loaded>
    </Dialog>
  );
}
