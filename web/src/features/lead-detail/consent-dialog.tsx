// Records by hand what the lead has agreed to on a channel.
import type { Channel, Schema } from "@/api/types";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { isoDay } from "@/shared/lib/format";
import { CHANNEL_WORDS, CONSENT_OPTIONS } from "@/shared/lib/labels";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { toast } from "@/shared/ui/toast";
import { type ChannelConsent, type LeadDetail, useLeadActions, valuesBefore } from "./queries";

type Recorded = Schema["ConsentView"];

interface Draft {
  basis: Schema["ConsentBasis"];
  on: string;
  note: string;
}

const draftOf = (recorded: Recorded | null | undefined, needed: ChannelConsent["needed"]): Draft => ({
  basis: recorded?.basis ?? needed?.accepts[0] ?? "consent",
  on: recorded && !recorded.withdrawn_at ? recorded.on : isoDay(Date.now()),
  note: recorded && !recorded.withdrawn_at ? (recorded.note ?? "") : "",
});

export function ConsentDialog({
  lead,
  consent: { channel, needed, recorded },
  onClose,
}: {
  lead: LeadDetail;
  consent: ChannelConsent;
  onClose: () => void;
}) {
  const { change } = useLeadActions(lead.id);
  const save = async (value: Draft | null, told: string) => {
    const changes = { consent: { [channel]: value && { ...value, note: value.note.trim() || null } } };
    const before = valuesBefore(lead, changes);
    await change.mutateAsync(changes);
    toast(told, { undo: () => change.mutateAsync(before) });
    onClose();
  };
  const form = useForm<Draft>(draftOf(recorded, needed), (draft) => save(draft, "Consent recorded"));
  const at = (part: string) => `consent.${channel}.${part}`;
  const suffices = !needed || needed.accepts.includes(form.values.basis);
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Consent for ${channelWord(channel)}`}
      footer={
        <>
          <Button kind="primary" type="submit" form="record-consent" busy={form.busy}>
            Save consent
          </Button>
          {recorded ? (
            <Button
              disabled={change.isPending}
              onClick={() => void save(null, "Consent removed").catch(() => undefined)}
            >
              Remove
            </Button>
          ) : null}
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="record-consent" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={[at("on"), at("note")]} />
        {needed ? <p className="text-ink-2">{`${needed.rule}.`}</p> : null}
        <Field
          label="Basis"
          help={suffices ? undefined : "This does not suffice for campaigns: they keep holding the lead."}
        >
          <Select
            value={form.values.basis}
            options={CONSENT_OPTIONS}
            onValue={(basis) => form.set("basis", basis)}
            className="w-full"
          />
        </Field>
        <Field label="Date" error={form.errors[at("on")]} className="w-45">
          <Input type="date" value={form.values.on} onChange={(e) => form.set("on", e.target.value)} />
        </Field>
        <Field
          label="Source"
          error={form.errors[at("note")]}
          help="Where the lead agreed: the form, the call, the contract."
        >
          <Input value={form.values.note} maxLength={500} onChange={(e) => form.set("note", e.target.value)} />
        </Field>
      </form>
    </Dialog>
  );
}

const channelWord = (channel: Channel) => (channel === "email" ? "e-mail" : CHANNEL_WORDS[channel]);
