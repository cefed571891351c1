// The columns of an import with what the user has chosen for them. A choice stays until the server has answered a save
// that has it: neither an answer to an earlier save nor a fresh look at the import puts it back.
import { useRef, useState } from "react";
import type { Column } from "./model";

export type Choice = Partial<Pick<Column, "target" | "field" | "no_opt_out">>;

/** Choices by the place and the header of their column: a file that is read anew may have other columns. */
type Choices = ReadonlyMap<string, Choice>;

const keyOf = (column: Column, index: number) => `${index} ${column.header}`;
const withChoices = (columns: Column[], choices: Choices) =>
  columns.map((c, i) => ({ ...c, ...choices.get(keyOf(c, i)) }));

export function useColumns(saved: Column[]) {
  const [choices, setChoices] = useState<Choices>(new Map());
  const latest = useRef(choices);
  const set = (next: Choices) => {
    latest.current = next;
    setChoices(next);
  };
  return {
    columns: withChoices(saved, choices),
    /** Makes a choice for the columns at these places, and returns all columns as they are then. */
    change: (indexes: number[], to: Choice): Column[] => {
      const next = new Map(latest.current);
      for (const [i, c] of saved.entries())
        if (indexes.includes(i)) next.set(keyOf(c, i), { ...next.get(keyOf(c, i)), ...to });
      set(next);
      return withChoices(saved, next);
    },
    /** The choices that a save which begins now takes along. */
    sent: (): Choices => latest.current,
    /** Forgets the choices that a save has taken along, unless a column got another one since. */
    answered: (sent: Choices) => set(new Map([...latest.current].filter(([key, choice]) => sent.get(key) !== choice))),
  };
}
