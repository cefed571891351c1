// A form for a few settings, numbers that may be empty and switches: saved on the revision that was loaded.
import { useState } from "react";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Switch } from "@/shared/ui/switch";
import { toast } from "@/shared/ui/toast";
import { type SettingsView, useChangeSettings } from "./queries";

/** The form in which a number is typed. */
export interface Format {
  inputMode: "numeric" | "decimal";
  text: (n: number | null | undefined) => string;
  /** `undefined`: the text is no number. */
  number: (text: string) => number | undefined;
  fault: string;
}

export interface PartField {
  key: string;
  label: string;
  help?: string;
  format: Format;
}

export interface PartSwitch {
  key: string;
  label: string;
  note: string;
}

export function PartForm({
  settings,
  part,
  title,
  note,
  intro,
  switches = [],
  fields,
  words,
  save,
}: {
  settings: SettingsView;
  part: "caps" | "prices";
  title: string;
  note: string;
  intro?: string;
  switches?: PartSwitch[];
  fields: PartField[];
  /** The stored value, if another user has changed it meanwhile. */
  words: (settings: SettingsView) => string;
  save: string;
}) {
  const change = useChangeSettings();
  const at = (key: string) => `${part}.${key}`;
  const valuesOf = (from: SettingsView): Record<string, string | boolean> => {
    const known = from[part] as Record<string, number | boolean | null | undefined>;
    return Object.fromEntries([
      ...switches.map(({ key }) => [at(key), known[key] === true]),
      ...fields.map(({ key, format }) => [at(key), format.text(known[key] as number | null | undefined)]),
    ]);
  };
  const same = (a: SettingsView, b: SettingsView) => JSON.stringify(valuesOf(a)) === JSON.stringify(valuesOf(b));
  /** The values on which the form is based; they follow changes elsewhere in the settings. */
  const [base, setBase] = useState(settings);
  const meanwhile = !change.isPending && !same(settings, base);
  const form = useForm(
    valuesOf(settings),
    async (v) => {
      const next = Object.fromEntries([
        ...switches.map(({ key }) => [key, v[at(key)] === true]),
        ...fields.map(({ key, format }) => [key, format.number(String(v[at(key)])) ?? null]),
      ]);
      setBase(await change.mutateAsync({ [part]: next, rev: (meanwhile ? base : settings).rev }));
      toast("Saved");
    },
    (v) => {
      const typed = fields.map(({ key, format }) => ({ field: at(key), format, text: String(v[at(key)]).trim() }));
      const wrong = typed.filter(({ text, format }) => text && format.number(text) === undefined);
      return Object.fromEntries(wrong.map(({ field, format }) => [field, format.fault]));
    },
  );
  const take = () => {
    setBase(settings);
    form.reset(valuesOf(settings));
  };
  if (meanwhile && !form.dirty) take();
  return (
    <form onSubmit={form.submit} noValidate className="space-y-3 pt-6">
      <Heading note={note}>{title}</Heading>
      {intro ? <p className="text-ink-2">{intro}</p> : null}
      <FormProblem problem={meanwhile ? undefined : form.problem} fields={fields.map(({ key }) => at(key))} />
      {meanwhile ? (
        <div role="alert" className="rounded-control bg-warm-soft px-3 py-2 text-warm-ink">
          <p>
            <strong className="font-medium">Someone else changed this.</strong> Their version: {words(settings)}.
          </p>
          <div className="mt-1 flex flex-wrap gap-2">
            <Button size="sm" onClick={take}>
              Use theirs
            </Button>
            <Button size="sm" onClick={() => setBase(settings)}>
              Keep mine
            </Button>
          </div>
        </div>
      ) : null}
      {switches.map(({ key, label, note }) => (
        <Switch
          key={key}
          checked={form.values[at(key)] === true}
          onValue={(on) => form.set(at(key), on)}
          label={label}
          note={note}
        />
      ))}
      <div className="grid max-w-130 gap-3 sm:grid-cols-2">
        {fields.map(({ key, label, help, format }) => (
          <Field key={key} label={label} help={help} error={form.errors[at(key)]}>
            <Input
              inputMode={format.inputMode}
              value={String(form.values[at(key)])}
              onChange={(e) => form.set(at(key), e.target.value)}
            />
          </Field>
        ))}
      </div>
      <Button type="submit" kind="primary" busy={form.busy} disabled={!form.dirty}>
        {save}
      </Button>
    </form>
  );
}
