// How often anybody is turned to, whatever campaigns they are in.
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { Switch } from "@/shared/ui/checkbox";
import { Heading } from "@/shared/ui/section";
import { toast } from "@/shared/ui/toast";
import { type Caps, type SettingsView, useChangeSettings } from "./queries";

const textOf = (n: number | null | undefined) => (n === undefined || n === null ? "" : String(n));
const numberOf = (text: string) => (text.trim() ? Number(text) : null);

export function CapsForm({ settings }: { settings: SettingsView }) {
  const change = useChangeSettings();
  const form = useForm(
    {
      domain: textOf(settings.caps.domain_per_day),
      apart: textOf(settings.caps.hours_apart),
      one: settings.caps.one_campaign,
    },
    async (v) => {
      const caps: Caps = {
        domain_per_day: numberOf(v.domain),
        hours_apart: numberOf(v.apart),
        one_campaign: v.one,
      };
      await change.mutateAsync({ caps });
      toast("Saved");
    },
    (v) => {
      const out: Record<string, string> = {};
      if (v.domain.trim() && !/^\d+$/.test(v.domain.trim())) out["caps.domain_per_day"] = "This is no whole number.";
      if (v.apart.trim() && !/^\d+$/.test(v.apart.trim())) out["caps.hours_apart"] = "This is no whole number.";
      return out;
    },
  );
  return (
    <form onSubmit={form.submit} noValidate className="space-y-3 pt-6">
      <Heading note="in all campaigns together">How often anybody is written to</Heading>
      <FormProblem problem={form.problem} fields={["caps.domain_per_day", "caps.hours_apart"]} />
      <Switch
        checked={form.values.one}
        onValue={(one) => form.set("one", one)}
        label="One campaign at a time"
        note="Who is under way in a campaign is left out when they are added to another."
      />
      <div className="grid max-w-[520px] gap-3 sm:grid-cols-2">
        <Field
          label="Hours between two messages to a person"
          help="On any channel. Empty: no least time."
          error={form.errors["caps.hours_apart"]}
        >
          <Input inputMode="numeric" value={form.values.apart} onChange={(e) => form.set("apart", e.target.value)} />
        </Field>
        <Field
          label="Mails a day to one recipient domain"
          help="Such as gmail.com. The rest waits for the next day. Empty: no limit."
          error={form.errors["caps.domain_per_day"]}
        >
          <Input inputMode="numeric" value={form.values.domain} onChange={(e) => form.set("domain", e.target.value)} />
        </Field>
      </div>
      <Button type="submit" kind="primary" busy={form.busy} disabled={!form.dirty}>
        Save how often
      </Button>
    </form>
  );
}
