// What messages cost, for the simulation and the editors: providers differ, so it is for the workspace to say.
import type { Prices } from "@/api/prices";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { toast } from "@/shared/ui/toast";
import { microsOf, textOfMicros } from "./prices";
import { type SettingsView, useChangeSettings } from "./queries";

const FIELDS = ["prices.email_micros", "prices.sms_segment_micros"] as const;

export function PricesForm({ settings }: { settings: SettingsView }) {
  const change = useChangeSettings();
  const form = useForm(
    {
      "prices.email_micros": textOfMicros(settings.prices.email_micros),
      "prices.sms_segment_micros": textOfMicros(settings.prices.sms_segment_micros),
    },
    async (v) => {
      const prices: Prices = {
        email_micros: microsOf(v["prices.email_micros"]) ?? null,
        sms_segment_micros: microsOf(v["prices.sms_segment_micros"]) ?? null,
      };
      await change.mutateAsync({ prices, rev: settings.rev });
      toast("Saved");
    },
    (v) => {
      const out: Record<string, string> = {};
      for (const field of FIELDS) {
        if (v[field].trim() && microsOf(v[field]) === undefined)
          out[field] = "This is no price: a number with up to six decimals.";
      }
      return out;
    },
  );
  const currency = settings.currency;
  return (
    <form onSubmit={form.submit} noValidate className="space-y-3 pt-6">
      <Heading note={`in ${currency}`}>What messages cost</Heading>
      <p className="text-ink-2">
        Shown before anything is sent. Your provider's price list tells it for the countries that you write to. Empty:
        no price set.
      </p>
      <FormProblem problem={form.problem} fields={[...FIELDS]} />
      <div className="grid max-w-[520px] gap-3 sm:grid-cols-2">
        <Field label="An e-mail" error={form.errors["prices.email_micros"]}>
          <Input
            inputMode="decimal"
            value={form.values["prices.email_micros"]}
            onChange={(e) => form.set("prices.email_micros", e.target.value)}
          />
        </Field>
        <Field
          label="One segment of an SMS"
          help="A long text, or one with a character such as ’, has several."
          error={form.errors["prices.sms_segment_micros"]}
        >
          <Input
            inputMode="decimal"
            value={form.values["prices.sms_segment_micros"]}
            onChange={(e) => form.set("prices.sms_segment_micros", e.target.value)}
          />
        </Field>
      </div>
      <Button type="submit" kind="primary" busy={form.busy} disabled={!form.dirty}>
        Save the prices
      </Button>
    </form>
  );
}
