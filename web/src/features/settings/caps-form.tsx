// How often anybody is turned to, whatever campaigns they are in.
import { useState } from "react";
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

const FIELDS = ["caps.messages_per_day", "caps.domain_per_day", "caps.hours_apart"] as const;

const textsOf = (caps: Caps) => ({
  "caps.messages_per_day": textOf(caps.messages_per_day),
  "caps.domain_per_day": textOf(caps.domain_per_day),
  "caps.hours_apart": textOf(caps.hours_apart),
  "caps.one_campaign": caps.one_campaign,
});
const capsWords = (caps: Caps) =>
  [
    caps.one_campaign ? "one campaign at a time" : "several campaigns at a time",
    caps.hours_apart ? `${caps.hours_apart} hours apart` : "no least time",
    caps.messages_per_day ? `${caps.messages_per_day} messages a day` : "no limit of a day",
    caps.domain_per_day ? `${caps.domain_per_day} mails a day to a domain` : "no limit for a domain",
  ].join(", ");
const same = (a: Caps, b: Caps) => JSON.stringify(textsOf(a)) === JSON.stringify(textsOf(b));

export function CapsForm({ settings }: { settings: SettingsView }) {
  const change = useChangeSettings();
  /** What the form was begun from; it goes along with what is changed elsewhere in the settings. */
  const [base, setBase] = useState(settings);
  const meanwhile = !change.isPending && !same(settings.caps, base.caps);
  const form = useForm(
    textsOf(settings.caps),
    async (v) => {
      const caps: Caps = {
        messages_per_day: numberOf(v["caps.messages_per_day"]),
        domain_per_day: numberOf(v["caps.domain_per_day"]),
        hours_apart: numberOf(v["caps.hours_apart"]),
        one_campaign: v["caps.one_campaign"],
      };
      setBase(await change.mutateAsync({ caps, rev: (meanwhile ? base : settings).rev }));
      toast("Saved");
    },
    (v) => {
      const out: Record<string, string> = {};
      for (const field of FIELDS) {
        if (v[field].trim() && !/^\d+$/.test(v[field].trim())) out[field] = "This is no whole number.";
      }
      return out;
    },
  );
  const take = () => {
    setBase(settings);
    form.reset(textsOf(settings.caps));
  };
  if (meanwhile && !form.dirty) take();
  return (
    <form onSubmit={form.submit} noValidate className="space-y-3 pt-6">
      <Heading note="in all campaigns together">How often anybody is written to</Heading>
      <FormProblem problem={form.problem} fields={[...FIELDS]} />
      {meanwhile ? (
        <div role="alert" className="rounded-control bg-warm-soft px-3 py-2 text-warm-ink">
          <p>
            <strong className="font-medium">Changed by somebody meanwhile.</strong> Theirs: {capsWords(settings.caps)}.
          </p>
          <div className="mt-1 flex flex-wrap gap-2">
            <Button size="sm" onClick={take}>
              Take theirs
            </Button>
            <Button size="sm" onClick={() => setBase(settings)}>
              Go on with mine
            </Button>
          </div>
        </div>
      ) : null}
      <Switch
        checked={form.values["caps.one_campaign"]}
        onValue={(one) => form.set("caps.one_campaign", one)}
        label="One campaign at a time"
        note="Who is under way in a campaign is left out when they are added to another."
      />
      <div className="grid max-w-[520px] gap-3 sm:grid-cols-2">
        <Field
          label="Hours between two messages to a person"
          help="On any channel. Empty: no least time."
          error={form.errors["caps.hours_apart"]}
        >
          <Input
            inputMode="numeric"
            value={form.values["caps.hours_apart"]}
            onChange={(e) => form.set("caps.hours_apart", e.target.value)}
          />
        </Field>
        <Field
          label="Mails a day to one recipient domain"
          help="Such as gmail.com. The rest waits for the next day, which begins at midnight UTC. Empty: no limit."
          error={form.errors["caps.domain_per_day"]}
        >
          <Input
            inputMode="numeric"
            value={form.values["caps.domain_per_day"]}
            onChange={(e) => form.set("caps.domain_per_day", e.target.value)}
          />
        </Field>
        <Field
          label="Messages a day, all campaigns together"
          help="On all channels. The rest waits for the next day, which begins at midnight UTC. Empty: no limit."
          error={form.errors["caps.messages_per_day"]}
        >
          <Input
            inputMode="numeric"
            value={form.values["caps.messages_per_day"]}
            onChange={(e) => form.set("caps.messages_per_day", e.target.value)}
          />
        </Field>
      </div>
      <Button type="submit" kind="primary" busy={form.busy} disabled={!form.dirty}>
        Save how often
      </Button>
    </form>
  );
}
