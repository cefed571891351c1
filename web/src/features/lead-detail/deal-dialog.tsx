// A new deal of a lead.
import { useQuery } from "@tanstack/react-query";
import { settingsQuery } from "@/app/shell/queries";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { isoDay } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { toast } from "@/shared/ui/toast";
import { minorOf } from "./amount";
import { useDealActions } from "./deal-queries";
import type { LeadDetail } from "./queries";

const USUAL_DAYS = 30;
const DAY_MS = 24 * 3_600_000;

interface Draft {
  name: string;
  amount: string;
  currency: string;
  close_on: string;
  probability: string;
}

function faultsOf(draft: Draft): Record<string, string> {
  const faults: Record<string, string> = {};
  if (!draft.name.trim()) faults.name = "Give the deal a name.";
  if (!/^[A-Za-z]{3}$/.test(draft.currency.trim())) faults.currency = "Three letters, such as EUR.";
  else if (minorOf(draft.amount, draft.currency.trim().toUpperCase()) === undefined)
    faults.amount_minor = "An amount such as 1200 or 1200.50.";
  if (!draft.close_on) faults.close_on = "Choose the day.";
  if (draft.probability && !/^(100|\d{1,2})$/.test(draft.probability.trim())) faults.probability = "From 0 to 100.";
  return faults;
}

export function DealDialog({ lead, onClose }: { lead: LeadDetail; onClose: () => void }) {
  const settings = useQuery(settingsQuery).data;
  const { add } = useDealActions(lead.id);
  const isClosed = lead.status === "won" || lead.status === "lost";
  const form = useForm<Draft>(
    {
      name: "",
      amount: "",
      currency: settings?.currency ?? "EUR",
      close_on: isoDay(Date.now() + USUAL_DAYS * DAY_MS),
      probability: isClosed ? "50" : "",
    },
    async (draft) => {
      const currency = draft.currency.trim().toUpperCase();
      await add.mutateAsync({
        name: draft.name.trim(),
        amount_minor: minorOf(draft.amount, currency) ?? 0,
        currency,
        close_on: draft.close_on,
        probability: draft.probability ? Number(draft.probability) : undefined,
      });
      toast("Deal added");
      onClose();
    },
    faultsOf,
  );
  const input = (key: keyof Draft) => ({
    value: form.values[key],
    onChange: (e: { target: { value: string } }) => form.set(key, e.target.value),
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`New deal with ${lead.name}`}
      footer={
        <>
          <Button kind="primary" type="submit" form="new-deal" busy={form.busy}>
            Add deal
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="new-deal" onSubmit={form.submit} noValidate className="space-y-4">
        <FormProblem problem={form.problem} fields={["name", "amount_minor", "currency", "close_on", "probability"]} />
        <Field label="Name" error={form.errors.name}>
          <Input maxLength={120} {...input("name")} />
        </Field>
        <div className="flex gap-3">
          <Field label="Value" error={form.errors.amount_minor} className="flex-1">
            <Input
              inputMode="decimal"
              value={form.values.amount}
              onChange={(e) => {
                form.set("amount", e.target.value);
                form.mended("amount_minor");
              }}
            />
          </Field>
          <Field label="Currency" error={form.errors.currency} className="w-24">
            <Input maxLength={3} {...input("currency")} />
          </Field>
        </div>
        <div className="flex gap-3">
          <Field label="Close date" error={form.errors.close_on} className="flex-1">
            <Input type="date" {...input("close_on")} />
          </Field>
          <Field
            label="Probability, %"
            aside={isClosed ? undefined : "optional"}
            error={form.errors.probability}
            className="flex-1"
          >
            <Input inputMode="numeric" {...input("probability")} />
          </Field>
        </div>
        <p className="text-ink-2">
          {isClosed
            ? "The lead is won or lost, so the deal needs a probability of its own."
            : "Without a probability, the deal has that of its lead's stage."}
        </p>
      </form>
    </Dialog>
  );
}
