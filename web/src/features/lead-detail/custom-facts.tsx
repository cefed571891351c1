// The lead's custom fields, each edited as its kind asks, and the values that no field takes.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type CustomField, fieldsQuery, teamQuery } from "@/app/shared-queries";
import { EditCell } from "@/shared/grid/edit-cell";
import { count, day } from "@/shared/lib/format";
import { Breakable } from "@/shared/ui/breakable";
import { Button } from "@/shared/ui/button";
import { Fact } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import { ChooseSeveral } from "./choose-several";

type Save = (value: string | null) => void;

const DATE = /^\d{4}-\d\d-\d\d$/;

function Said({ field, value }: { field?: CustomField; value: string }) {
  if (field?.kind === "date" && DATE.test(value)) return day(`${value}T12:00:00Z`);
  if (field?.kind === "url" && /^https?:\/\//.test(value))
    return (
      <a href={value} target="_blank" rel="noreferrer nofollow" className="text-accent-ink hover:underline">
        <Breakable text={value.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "")} />
      </a>
    );
  if (field?.kind === "check") return value === "yes" ? "Yes" : value === "no" ? "No" : value;
  return <Breakable text={value} />;
}

function Choose({
  field,
  value,
  options,
  onSave,
}: {
  field: CustomField;
  value: string;
  options: { value: string; label: string }[];
  onSave: Save;
}) {
  const known = !value || options.some((option) => option.value === value);
  const all = known ? options : [...options, { value, label: `${value} (not an option)` }];
  return (
    <Select
      bare
      aria-label={field.label}
      value={value}
      options={[{ value: "", label: "–" }, ...all]}
      onValue={(next) => onSave(next || null)}
      className="w-full"
    />
  );
}

// Few workspaces have such a field.

function Edit({ field, value, onSave }: { field: CustomField; value: string; onSave: Save }) {
  const team = useQuery({ ...teamQuery, enabled: field.kind === "person" }).data?.items ?? [];
  switch (field.kind) {
    case "choice":
      return (
        <Choose
          field={field}
          value={value}
          options={field.options.map((option) => ({ value: option, label: option }))}
          onSave={onSave}
        />
      );
    case "check":
      return (
        <Choose
          field={field}
          value={value}
          options={[
            { value: "yes", label: "Yes" },
            { value: "no", label: "No" },
          ]}
          onSave={onSave}
        />
      );
    case "person":
      return (
        <Choose
          field={field}
          value={value}
          options={team.map((member) => ({ value: member.email, label: member.name }))}
          onSave={onSave}
        />
      );
    case "choices":
      return <ChooseSeveral field={field} value={value} onSave={onSave} />;
    default:
      return (
        <EditCell
          label={field.label}
          type={field.kind === "date" && (!value || DATE.test(value)) ? "date" : "text"}
          value={value}
          className="whitespace-normal [overflow-wrap:anywhere]"
          onSave={(next) => onSave(next || null)}
        >
          {value && field.kind !== "url" ? <Said field={field} value={value} /> : undefined}
        </EditCell>
      );
  }
}

const FEW_EMPTY = 3;

export function CustomFacts({
  custom,
  onChange,
}: {
  custom: Record<string, string>;
  /** Missing where the user may change nothing. */
  onChange?: (key: string, value: string | null) => void;
}) {
  const fields = useQuery(fieldsQuery).data?.items ?? [];
  const [all, setAll] = useState(false);
  const empty = fields.filter((field) => !custom[field.key]);
  // A few empty rows invite to fill them; many hide what is known.
  const isFolded = !all && empty.length > FEW_EMPTY;
  const shown = isFolded ? fields.filter((field) => custom[field.key]) : fields;
  const strays = Object.entries(custom).filter(([key]) => !fields.some((field) => field.key === key));
  return (
    <>
      {shown.map((field) => {
        const value = custom[field.key] ?? "";
        return (
          <Fact key={field.id} label={field.label}>
            {onChange ? (
              <Edit key={value} field={field} value={value} onSave={(next) => onChange(field.key, next)} />
            ) : value ? (
              <Said field={field} value={value} />
            ) : (
              <span className="text-ink-3">–</span>
            )}
          </Fact>
        );
      })}
      {strays.map(([key, value]) => (
        <Fact key={key} label={key}>
          <Breakable text={value} />
        </Fact>
      ))}
      {isFolded ? (
        <Fact label="More">
          <Button kind="inline" onClick={() => setAll(true)}>
            Show {count(empty.length)} empty fields
          </Button>
        </Fact>
      ) : null}
    </>
  );
}
