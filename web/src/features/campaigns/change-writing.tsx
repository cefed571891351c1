// The form of a campaign's writing settings: tone, language, what it is about, and the budget.
import { useState } from "react";
import type { CampaignView } from "@/api/types";
import { Field, Input, TextArea } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { capOf, textOfMicros } from "@/shared/lib/spend";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { toast } from "@/shared/ui/toast";
import { useChangeCampaign } from "./queries";
import { hasStyle, type WritingSettings } from "./writing";

export function ChangeWriting({
  campaign: c,
  settings,
  onClose,
}: {
  campaign: CampaignView;
  settings: WritingSettings;
  onClose: () => void;
}) {
  const change = useChangeCampaign(c.id);
  /** The settings when the dialog was opened, whatever is saved meanwhile. */
  const [before] = useState({ settings, rev: c.rev });
  const form = useForm(
    {
      "writing.tone": settings.tone ?? "",
      "writing.language": settings.language ?? "",
      "writing.context": settings.context ?? "",
      "writing.budget": textOfMicros(settings.budget),
    },
    async (v) => {
      const writing: WritingSettings = {
        ai: before.settings.ai,
        tone: v["writing.tone"].trim(),
        language: v["writing.language"].trim(),
        context: v["writing.context"].trim(),
        budget: capOf(v["writing.budget"]),
      };
      await change.mutateAsync({ writing, rev: before.rev });
      toast(
        hasStyle(writing) && writing.ai !== false
          ? "Saved: opening lines are being written for this campaign"
          : "Saved: the campaign uses the leads' own opening lines",
        { undo: () => change.mutateAsync({ writing: before.settings }) },
      );
      onClose();
    },
    (v) =>
      capOf(v["writing.budget"]) === undefined
        ? { "writing.budget": "Enter an amount in US dollars, with up to six decimals." }
        : ({} as Record<string, string>),
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Writing of ${c.name}`}
      description="Another tone, language or offer has a new opening line written for each enrolled lead, which costs what your model's provider takes."
      footer={
        <>
          <Button kind="primary" type="submit" form="campaign-writing" busy={form.busy}>
            Save
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="campaign-writing" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={Object.keys(form.errors)} />
        <Field
          label="Tone"
          help="Such as: warm and brief. Opening lines and drafts of answers follow it. Leave empty for the house voice."
          error={form.errors["writing.tone"]}
        >
          <Input
            value={form.values["writing.tone"]}
            maxLength={200}
            onChange={(e) => form.set("writing.tone", e.target.value)}
          />
        </Field>
        <Field
          label="Language"
          help="Of opening lines, such as German; answers are drafted in the lead's language. A line in another language is turned down more often; then the lead's own line is used."
          error={form.errors["writing.language"]}
        >
          <Input
            value={form.values["writing.language"]}
            maxLength={40}
            onChange={(e) => form.set("writing.language", e.target.value)}
          />
        </Field>
        <Field
          label="What it is about"
          help="What this campaign offers and to whom, so that lines lead up to it and drafts of answers fit it. A price or promise that stands only here is never told."
          error={form.errors["writing.context"]}
        >
          <TextArea
            rows={5}
            value={form.values["writing.context"]}
            maxLength={2000}
            onChange={(e) => form.set("writing.context", e.target.value)}
          />
        </Field>
        <Field
          label="Budget"
          help="The most that models may cost for this campaign, in US dollars. Leave empty for no cap."
          error={form.errors["writing.budget"]}
        >
          <Input
            inputMode="decimal"
            value={form.values["writing.budget"]}
            onChange={(e) => form.set("writing.budget", e.target.value)}
          />
        </Field>
      </form>
    </Dialog>
  );
}
