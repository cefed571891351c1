// The dialog in which the list's columns are chosen and put in order, by dragging or with buttons.
import { useQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, GripVertical } from "lucide-react";
import { type FormEvent, useState } from "react";
import { fieldsQuery } from "@/app/shared-queries";
import { inputStyle } from "@/shared/forms/field";
import { cx } from "@/shared/lib/cx";
import { plural } from "@/shared/lib/format";
import { Button, IconButton } from "@/shared/ui/button";
import { Checkbox } from "@/shared/ui/checkbox";
import { Dialog } from "@/shared/ui/dialog";
import { columnWord, DEFAULT_COLUMNS } from "../model";
import { allColumns, MOST_COLUMNS, movedTo } from "./choice";

/** The column that opens the lead. */
const ALWAYS = "name";

export function ColumnsDialog({
  columns,
  where,
  onColumns,
  onClose,
}: {
  columns: readonly string[];
  /** What the choice is kept for. */
  where: string;
  /** Without columns, the usual ones are shown. */
  onColumns: (columns: string[] | undefined) => void;
  onClose: () => void;
}) {
  const custom = useQuery(fieldsQuery).data?.items ?? [];
  const [chosen, setChosen] = useState<readonly string[]>(columns);
  const [dragged, setDragged] = useState<string>();
  const [sought, setSought] = useState("");
  const word = (name: string) => columnWord(name, custom);
  const others = allColumns(custom)
    .filter((name) => !chosen.includes(name))
    .filter((name) => word(name).toLowerCase().includes(sought.trim().toLowerCase()));
  const isFull = chosen.length >= MOST_COLUMNS;
  const move = (name: string, to: number) => setChosen(movedTo(chosen, name, to));
  const isUsual = chosen.join() === DEFAULT_COLUMNS.join();
  const submit = (e: FormEvent) => {
    e.preventDefault();
    onColumns(isUsual ? undefined : [...chosen]);
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Fields shown"
      description={where}
      footer={
        <>
          <Button kind="primary" type="submit" form="columns">
            Show {plural(chosen.length, "field")}
          </Button>
          <Button disabled={isUsual} onClick={() => setChosen(DEFAULT_COLUMNS)}>
            Reset
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form id="columns" onSubmit={submit} noValidate>
        <h3 className="mb-1 font-medium">Shown, in this order</h3>
        <ul aria-label="Fields shown" className="divide-y border-y">
          {chosen.map((name, i) => (
            <li
              key={name}
              draggable
              onDragStart={(e) => {
                e.dataTransfer.effectAllowed = "move";
                e.dataTransfer.setData("text/plain", name);
                setDragged(name);
              }}
              onDragOver={(e) => {
                if (!dragged) return;
                e.preventDefault();
                if (dragged !== name) move(dragged, i);
              }}
              onDrop={(e) => e.preventDefault()}
              onDragEnd={() => setDragged(undefined)}
              className={cx("flex min-h-9 items-center gap-1", dragged === name && "bg-sunken")}
            >
              <GripVertical size={14} aria-hidden="true" className="shrink-0 cursor-grab text-ink-3 max-sm:hidden" />
              <label className="flex min-w-0 flex-1 items-center gap-1">
                <Checkbox
                  checked
                  disabled={name === ALWAYS}
                  onValue={() => setChosen(chosen.filter((other) => other !== name))}
                />
                <span className="truncate">{word(name)}</span>
              </label>
              <IconButton
                label={`Move ${word(name)} up`}
                size="iconSm"
                disabled={i === 0}
                onClick={() => move(name, i - 1)}
              >
                <ArrowUp size={14} />
              </IconButton>
              <IconButton
                label={`Move ${word(name)} down`}
                size="iconSm"
                disabled={i === chosen.length - 1}
                onClick={() => move(name, i + 1)}
              >
                <ArrowDown size={14} />
              </IconButton>
            </li>
          ))}
        </ul>
        <div className="mt-4 mb-1 flex items-center justify-between gap-3">
          <h3 className="font-medium">Not shown</h3>
          <input
            type="search"
            aria-label="Find a field"
            placeholder="Find a field"
            value={sought}
            onChange={(e) => setSought(e.target.value)}
            onKeyDown={(e) => {
              if (e.key === "Enter") e.preventDefault();
            }}
            className={cx(inputStyle, "h-segment !w-40 border-line max-sm:h-9")}
          />
        </div>
        {isFull ? <p className="text-ink-2">At most {MOST_COLUMNS} fields can be shown.</p> : null}
        {others.length ? (
          <ul aria-label="Other fields" className="grid grid-cols-2 gap-x-3">
            {others.map((name) => (
              <li key={name} className="min-w-0">
                <label className="flex min-h-7 items-center gap-1 max-sm:min-h-11">
                  <Checkbox checked={false} disabled={isFull} onValue={() => setChosen([...chosen, name])} />
                  <span className="truncate">{word(name)}</span>
                </label>
              </li>
            ))}
          </ul>
        ) : (
          <p className="text-ink-2">{sought.trim() ? `No field is named “${sought.trim()}”.` : "All are shown."}</p>
        )}
      </form>
    </Dialog>
  );
}
