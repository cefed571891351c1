// What the lead has agreed to on each channel, and what the law or the workspace asks for there; recorded by hand.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Channel, Schema } from "@/api/types";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { civilDay, day, isoDay } from "@/shared/lib/format";
import { CHANNEL_WORDS, CONSENT_OPTIONS, CONSENT_WORDS } from "@/shared/lib/labels";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { ErrorState, LoadingRows } from "@/shared/ui/states";
import { toast } from "@/shared/ui/toast";
import { type ChannelConsent, consentQuery, type LeadDetail, useLeadActions, valuesBefore } from "./queries";

type Recorded = Schema["ConsentView"];

const SOURCES: Record<Schema["ConsentSourceWord"], string> = {
  import: "from an import",
  api: "by a program",
  hand: "by hand",
};

const DAY = { day: "numeric", month: "short", year: "numeric" } as const;

/** "Written consent, 4 Mar 2026, by hand: Web form" */
export function recordedWords(recorded: Recorded): string {
  const told = `${CONSENT_WORDS[recorded.basis]}, ${civilDay(recorded.on, DAY)}, ${SOURCES[recorded.source]}`;
  return recorded.note ? `${told}: ${recorded.note}` : told;
}

export function ConsentFacts({ lead, may }: { lead: LeadDetail; may: boolean }) {
  const query = useQuery(consentQuery(lead.id));
  const [recording, setRecording] = useState<ChannelConsent>();
  if (!query.data)
    return query.error ? (
      <ErrorState
        what="The consent could not be loaded"
        error={query.error}
        retry={() => void query.refetch()}
        className="!m-0"
      />
    ) : (
      <LoadingRows rows={3} label="Loading the consent" />
    );
  return (
    <>
      <ul aria-label="Consent by channel" className="divide-y">
        {query.data.channels.map((consent) => (
          <li key={consent.channel} className="flex items-start gap-3 py-1.5">
            <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
              <div className="font-medium">{CHANNEL_WORDS[consent.channel]}</div>
              <ConsentState consent={consent} />
            </div>
            {may ? (
              <Button
                size="sm"
                aria-label={`${consent.recorded ? "Change" : "Record"} consent for ${CHANNEL_WORDS[consent.channel]}`}
                onClick={() => setRecording(consent)}
              >
                {consent.recorded ? "Change" : "Record"}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {recording ? <ConsentDialog lead={lead} consent={recording} onClose={() => setRecording(undefined)} /> : null}
    </>
  );
}

function ConsentState({ consent: { allowed, needed, recorded } }: { consent: ChannelConsent }) {
  return (
    <>
      <p className="text-ink-2">{recorded ? recordedWords(recorded) : "None recorded"}</p>
      {recorded?.withdrawn_at ? <p className="text-bad-ink">Withdrawn {day(recorded.withdrawn_at)}</p> : null}
      {allowed || !needed ? null : (
        <p className="text-meta text-warm-ink">Campaigns hold the lead here: {needed.rule}.</p>
      )}
    </>
  );
}

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

function ConsentDialog({
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
