// The field that a new column fills: a new one, a custom field that is there, or one that every lead has.
import type { CustomField } from "@/app/shared-queries";
import { Field, Input, TextArea } from "@/shared/forms/field";
import { KIND_WORDS as FIELD_KINDS } from "@/shared/lib/field-kinds";
import { LEAD_FIELDS } from "@/shared/lib/lead-fields";
import { Select } from "@/shared/ui/select";
import type { DraftTarget, FilledField, NewKind } from "./draft";

const NEW_KINDS: NewKind[] = ["text", "number", "date", "check", "url", "choice"];
const FIXED: FilledField[] = [
  "email",
  "phone",
  "first_name",
  "last_name",
  "company",
  "job_title",
  "website",
  "linkedin",
  "address",
  "city",
  "country",
  "category",
];

export function TargetField({
  target,
  fields,
  errors,
  onTarget,
}: {
  target: DraftTarget;
  fields: readonly CustomField[];
  errors: Record<string, string>;
  onTarget: (target: DraftTarget) => void;
}) {
  const value =
    target.to === "new_field" ? "new" : target.to === "custom_field" ? `custom ${target.key}` : target.field;
  const options = [
    { value: "new", label: "A new field" },
    ...FIXED.map((field) => ({ value: field as string, label: LEAD_FIELDS[field].word })),
    ...fields.map(({ key, label }) => ({ value: `custom ${key}`, label })),
  ];
  const choose = (next: string) => {
    if (next === "new") return onTarget({ to: "new_field", label: "", kind: "text", options: "" });
    if (next.startsWith("custom ")) return onTarget({ to: "custom_field", key: next.slice("custom ".length) });
    return onTarget({ to: "lead_field", field: next as FilledField });
  };
  return (
    <div className="space-y-3">
      <Field
        label="Fills"
        help="The lead holds the value; a user can correct it by hand, and it stays."
        error={errors.target ?? errors["target.key"] ?? errors["target.field"]}
      >
        <Select value={value} options={options} onValue={choose} className="w-full" />
      </Field>
      {target.to === "new_field" ? (
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="The new field's name" error={errors["target.label"] ?? errors["target.key"]}>
            <Input value={target.label} onChange={(e) => onTarget({ ...target, label: e.target.value })} />
          </Field>
          <Field label="Its kind" error={errors["target.kind"]}>
            <Select
              value={target.kind}
              options={NEW_KINDS.map((kind) => ({ value: kind, label: FIELD_KINDS[kind] }))}
              onValue={(kind) => onTarget({ ...target, kind })}
              className="w-full"
            />
          </Field>
          {target.kind === "choice" ? (
            <Field label="Options, one a line" error={errors["target.options"]} className="sm:col-span-2">
              <TextArea
                rows={3}
                value={target.options}
                onChange={(e) => onTarget({ ...target, options: e.target.value })}
              />
            </Field>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}
