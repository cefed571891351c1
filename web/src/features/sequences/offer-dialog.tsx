// What a sequence is written from: an offer, an ICP, and how it shall sound.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { icpsQuery } from "@/app/icp/queries";
import { keepEdits } from "@/shared/editor/kept-edits";
import { Field, Input, TextArea } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { type Edits, editsOf } from "./kept";
import { type Draft, firstDraft, newStep } from "./model";

type Written = Schema["WrittenSequenceView"];

const MOST_STEPS = 8;
const CHANNELS = [
  { value: "email", label: "E-mail" },
  { value: "sms", label: "SMS" },
  { value: "both", label: "E-mail and SMS" },
] as const;
const STEPS = Array.from({ length: MOST_STEPS }, (_, at) => ({ value: String(at + 1), label: String(at + 1) }));

/** The written messages as a draft of the editor. */
export function draftOfWritten({ name, messages }: Written): Draft {
  const steps = messages.map(({ channel, wait_days, subject, text }, at) => {
    const delay = at ? { amount: wait_days, unit: "working_days" as const } : { amount: 0, unit: "minutes" as const };
    return channel === "sms"
      ? { ...newStep("sms"), delay, kind: "sms" as const, body: text }
      : { ...newStep("email"), delay, kind: "email" as const, subject, body: text };
  });
  return { ...firstDraft(), name, steps };
}

export function OfferDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const icps = useQuery(icpsQuery).data?.items ?? [];
  const form = useForm(
    { offer: "", icp: "", steps: "4", channels: "email" as (typeof CHANNELS)[number]["value"], tone: "", language: "" },
    async ({ offer, icp, steps, channels, tone, language }) => {
      const written = await unwrap(
        client.POST("/api/ai/sequence", {
          body: {
            offer: offer.trim(),
            ...(icp ? { icp } : {}),
            steps: Number(steps),
            channels: channels === "both" ? ["email", "sms"] : [channels],
            tone: tone.trim(),
            language: language.trim(),
          },
        }),
      );
      keepEdits<Edits>(editsOf(undefined, "offer"), { draft: draftOfWritten(written), file: "an offer" });
      onClose();
      void navigate({ to: "/sequences/$id", params: { id: "new" }, search: { from: "offer" } });
    },
    ({ offer }): Record<string, string> => (offer.trim() ? {} : { offer: "Enter what you offer." }),
  );
  const { values, set, errors } = form;
  return (
    <Dialog
      open
      onClose={onClose}
      title="Write from an offer"
      footer={
        <>
          <Button kind="primary" type="submit" form="from-offer" busy={form.busy}>
            Write the sequence
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="from-offer" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={Object.keys(errors)} />
        <Field
          label="Offer"
          help="What you sell, its price, the links to name. The texts say nothing that is not in it."
          error={errors.offer}
        >
          <TextArea rows={7} maxLength={4000} value={values.offer} onChange={(e) => set("offer", e.target.value)} />
        </Field>
        {icps.length ? (
          <Field label="Written to" error={errors.icp}>
            <Select
              value={values.icp}
              options={[{ value: "", label: "All leads" }, ...icps.map(({ id, name }) => ({ value: id, label: name }))]}
              onValue={(icp) => set("icp", icp)}
              className="w-full"
            />
          </Field>
        ) : null}
        <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
          <Field label="Messages" error={errors.steps}>
            <Select value={values.steps} options={STEPS} onValue={(steps) => set("steps", steps)} className="w-full" />
          </Field>
          <Field label="Channels" error={errors.channels}>
            <Select
              value={values.channels}
              options={CHANNELS}
              onValue={(channels) => set("channels", channels)}
              className="w-full"
            />
          </Field>
          <Field label="Tone" help="Such as friendly." error={errors.tone}>
            <Input value={values.tone} maxLength={80} onChange={(e) => set("tone", e.target.value)} />
          </Field>
          <Field label="Language" help="Empty: the offer's own." error={errors.language}>
            <Input value={values.language} maxLength={40} onChange={(e) => set("language", e.target.value)} />
          </Field>
        </div>
      </form>
    </Dialog>
  );
}
