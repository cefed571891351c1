// The text of a step: one line, and a body with merge fields that may come from a template.
import type { ReactNode } from "react";
import { MERGE_FIELDS } from "@/shared/editor/merge-fields";
import { MergeText } from "@/shared/editor/merge-text";
import { Select } from "@/shared/ui/select";
import type { TemplateChoice } from "./step-list";

export function Line({
  label,
  invalid,
  placeholder,
  value,
  onValue,
}: {
  label: string;
  invalid: boolean;
  placeholder: string;
  value: string;
  onValue: (value: string) => void;
}) {
  return (
    <input
      aria-label={label}
      aria-invalid={invalid || undefined}
      placeholder={placeholder}
      value={value}
      onChange={(e) => onValue(e.target.value)}
      className="h-9 w-full border-b bg-transparent px-3.5 text-msg font-medium outline-none max-sm:h-11"
    />
  );
}

export function Words({
  of,
  templates,
  error,
  value,
  onValue,
  rows,
  placeholder,
  head,
  note,
  onTemplate,
}: {
  /** `step 2`, for labels. */
  of: string;
  templates: TemplateChoice[];
  error?: string;
  value: string;
  onValue: (value: string) => void;
  rows: number;
  placeholder: string;
  head?: ReactNode;
  note?: ReactNode;
  onTemplate?: (template: TemplateChoice) => void;
}) {
  return (
    <>
      <MergeText
        aria-label={`Text of ${of}`}
        value={value}
        onValue={onValue}
        fields={MERGE_FIELDS}
        invalid={!!error}
        rows={rows}
        placeholder={placeholder}
        head={head}
        foot={
          <>
            {templates.length && onTemplate ? (
              <Select
                bare
                aria-label={`Fill ${of} from a template`}
                value=""
                placeholder="From a template"
                options={templates.map((t) => ({ value: t.id, label: t.name }))}
                onValue={(id) => {
                  const t = templates.find((x) => x.id === id);
                  if (t) onTemplate(t);
                }}
                className="w-37.5"
              />
            ) : null}
            {note ? <span className="ml-auto">{note}</span> : null}
          </>
        }
      />
      {error ? <p className="text-bad-ink">{error}</p> : null}
    </>
  );
}
