// Values that are no options of their field, with the rows that have them: the importer may add them to the field.
import { useState } from "react";
import { asProblem } from "@/api/errors";
import { FormProblem } from "@/shared/forms/form-problem";
import { plural } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Checkbox } from "@/shared/ui/checkbox";
import { Heading } from "@/shared/ui/section";
import { type Column, type ImportView, valuesOf } from "./model";

/** Chooses the options that the column's field gets when the import starts. */
export type ChooseOptions = (column: Column, options: string[]) => Promise<void>;

export function UnknownOptions({ view, may, onChoose }: { view: ImportView; may: boolean; onChoose: ChooseOptions }) {
  const columns = view.columns.filter((c) => c.field && (c.unknown_options?.length || c.add_options?.length));
  if (columns.length === 0) return null;
  return (
    <section aria-label="Options" className="mt-6 space-y-4">
      {columns.map((column) => (
        <Unknown key={column.header} view={view} column={column} may={may} onChoose={onChoose} />
      ))}
    </section>
  );
}

function Unknown({
  view,
  column,
  may,
  onChoose,
}: {
  view: ImportView;
  column: Column;
  may: boolean;
  onChoose: ChooseOptions;
}) {
  const unknown = column.unknown_options ?? [];
  const added = column.add_options ?? [];
  const [picked, setPicked] = useState<ReadonlySet<string>>(() => new Set(unknown.map((one) => one.option)));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const choose = async (options: string[]) => {
    setBusy(true);
    setError(undefined);
    try {
      await onChoose(column, options);
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const chosen = unknown.map((one) => one.option).filter((option) => picked.has(option));
  const done = valuesOf(view.options).bad_values === "reject" ? "rejected" : "imported without the value";
  return (
    <div>
      <Heading note={unknown.length ? plural(unknown.length, "unknown option") : undefined}>{column.field}</Heading>
      {unknown.length ? (
        <>
          <p className="text-ink-2">Rows with a value that is no option of the field are {done}.</p>
          <ul className="mt-1">
            {unknown.map(({ option, rows }) => (
              <li key={option} className="flex min-h-7 items-center gap-2">
                {may ? (
                  <Checkbox
                    aria-label={`Add ${option}`}
                    checked={picked.has(option)}
                    onValue={(on) => setPicked(new Set(on ? [...chosen, option] : chosen.filter((o) => o !== option)))}
                  />
                ) : null}
                <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{option}</span>
                <span className="text-ink-2">{plural(rows, "row")}</span>
              </li>
            ))}
          </ul>
          {may ? (
            <Button
              className="mt-1"
              busy={busy}
              disabled={chosen.length === 0}
              onClick={() => void choose([...added, ...chosen])}
            >
              Add {plural(chosen.length, "option")} and check again
            </Button>
          ) : null}
        </>
      ) : null}
      {added.length ? (
        <p className="mt-1 text-ink-2 [overflow-wrap:anywhere]">
          The import adds {added.join(", ")}.{" "}
          {may ? (
            <Button kind="link" busy={busy} onClick={() => void choose([])}>
              Do not add
            </Button>
          ) : null}
        </p>
      ) : null}
      {error ? <FormProblem problem={asProblem(error)} /> : null}
    </div>
  );
}
