// The dialog that changes a campaign's mailboxes, the rule for leads whose mailbox goes, and its numbers.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem } from "@/api/errors";
import type { CampaignView } from "@/api/types";
import { Field } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { plural } from "@/shared/lib/format";
import { useMerged } from "@/shared/lib/hooks";
import { channelOf } from "@/shared/lib/senders";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { Loaded } from "@/shared/ui/states";
import { toast } from "@/shared/ui/toast";
import { MailboxChoice, MOST } from "./mailbox-choice";
import { campaignStatsQuery, isMailbox, senderChoicesQuery, useChangeCampaign } from "./queries";

const GONE: { value: CampaignView["when_mailbox_gone"]; label: string }[] = [
  { value: "hold", label: "They wait until it is back" },
  { value: "reassign", label: "They continue from another mailbox, in a new thread" },
  { value: "exit", label: "They leave the sequence" },
];

/** The current choice in the dialog. */
interface Choice {
  chosen: string[];
  gone: CampaignView["when_mailbox_gone"];
  number: string;
  chat: string;
  /** The user was warned that leads leave the sequence. */
  warned: boolean;
}

const choiceOf = (c: CampaignView): Choice => ({
  chosen: c.mailbox_ids,
  gone: c.when_mailbox_gone,
  number: c.sms_sender_id ?? "",
  chat: c.whatsapp_sender_id ?? "",
  warned: false,
});

export function ChangeSenders({ campaign: c, onClose }: { campaign: CampaignView; onClose: () => void }) {
  const senders = useQuery(senderChoicesQuery);
  const stats = useQuery(campaignStatsQuery(c.id));
  const change = useChangeCampaign(c.id);
  /** The values when the dialog was opened, whatever is saved meanwhile. */
  const [before] = useState(c);
  const [{ chosen, gone, number, chat, warned }, set] = useMerged(() => choiceOf(c));
  const items = senders.data?.items ?? [];
  const mailboxes = items.filter(isMailbox);
  const texting = [
    {
      field: "sms_sender_id",
      label: "Send SMS from",
      value: number,
      onValue: (number: string) => set({ number }),
      choices: items.filter((s) => channelOf(s.kind) === "sms" && (s.enabled || s.id === number)),
    },
    {
      field: "whatsapp_sender_id",
      label: "Send WhatsApp from",
      value: chat,
      onValue: (chat: string) => set({ chat }),
      choices: items.filter((s) => channelOf(s.kind) === "whatsapp" && (s.enabled || s.id === chat)),
    },
  ];
  // An account that was deleted cannot be chosen any more.
  const kept = chosen.filter((id) => mailboxes.some((m) => m.id === id));
  const lost = before.mailbox_ids.filter((id) => !kept.includes(id) || !mailboxes.find((m) => m.id === id)?.enabled);
  const ends = gone === "exit" && lost.length > 0 && c.state !== "draft";
  const none = kept.length === 0 && before.mailbox_ids.length > 0;
  const save = () => {
    if (ends && !warned) {
      set({ warned: true });
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
          toast("Senders changed");
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
                {left} {lost.length === 1 ? "is" : "are"} removed or off. Leads already contacted from there leave the
                sequence
                {stats.data ? `, out of ${plural(stats.data.enrolments.in_flight, "active lead")}` : ""}. This cannot be
                undone.
              </p>
            ) : null}
            <MailboxChoice
              mailboxes={mailboxes}
              chosen={chosen}
              onChosen={(chosen) => set({ chosen, warned: false })}
              error={problem?.byField().mailbox_ids ?? (none ? "Choose at least one." : undefined)}
            />
            <Field
              label="If a mailbox is deleted, switched off, removed or fails for a day"
              help="Applies to leads it has already contacted. All others get another mailbox."
            >
              <Select value={gone} options={GONE} onValue={(gone) => set({ gone, warned: false })} className="w-full" />
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
