// The options of a field that leads may have already: renamed, removed and added one by one.
import { useQuery } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { asProblem } from "@/api/errors";
import type { CustomField } from "@/app/shared-queries";
import { Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { Button, IconButton } from "@/shared/ui/button";
import { fieldUseQuery, type OptionRow, optionUseQuery, removedWords, renameWords } from "./fields";

export function FieldOptions({
  field,
  rows,
  removed,
  error,
  onRows,
}: {
  field: CustomField;
  rows: readonly OptionRow[];
  removed: readonly string[];
  error?: string;
  onRows: (rows: OptionRow[]) => void;
}) {
  const use = useQuery({ ...optionUseQuery(field.id), enabled: removed.length > 0 });
  const rename = (id: number, name: string) => onRows(rows.map((row) => (row.id === id ? { ...row, name } : row)));
  const next = Math.max(-1, ...rows.map((row) => row.id)) + 1;
  return (
    <fieldset>
      <legend className="mb-1 font-medium">Options</legend>
      <ul className="space-y-1.5">
        {rows.map((row, i) => (
          <li key={row.id} className="flex items-center gap-1">
            <Input
              aria-label={`Option ${i + 1}`}
              value={row.name}
              maxLength={100}
              onChange={(e) => rename(row.id, e.target.value)}
            />
            <IconButton
              label={`Remove ${row.name || `option ${i + 1}`}`}
              size="iconSm"
              onClick={() => onRows(rows.filter((other) => other.id !== row.id))}
            >
              <Trash2 size={14} />
            </IconButton>
          </li>
        ))}
      </ul>
      <Button
        className="mt-1.5"
        size="sm"
        icon={<Plus size={14} />}
        onClick={() => onRows([...rows, { id: next, name: "" }])}
      >
        Add an option
      </Button>
      {error ? <p className="mt-1 text-bad-ink">{error}</p> : null}
      <p className="mt-1 text-meta text-ink-2">Leads with an option that you rename get the new name.</p>
      {removed.length ? (
        <div className="mt-2 rounded-control bg-warm-soft px-3 py-2 text-warm-ink" aria-live="polite">
          {use.data ? (
            removed.map((option) => <p key={option}>{removedWords(option, use.data)}</p>)
          ) : use.error ? (
            <FormProblem problem={asProblem(use.error)} />
          ) : (
            <p>Counting the leads that have {removed.join(", ")}.</p>
          )}
        </div>
      ) : null}
    </fieldset>
  );
}

/** A renaming of the field's options that is still going through the leads. */
export function RenameProgress({ id }: { id: string }) {
  const rename = useQuery(fieldUseQuery(id)).data?.rename;
  return rename ? (
    <div role="status" className="text-meta text-accent-ink [overflow-wrap:anywhere]">
      {renameWords(rename)}
    </div>
  ) : null;
}
