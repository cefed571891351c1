// What can be chosen of columns.
import { customFieldName } from "@/shared/lib/field-words";
import { LIST_FIELD_NAMES } from "@/shared/lib/list-fields";
import { NEXT_STEP } from "../model";

/** The API answers no more values a row. */
export const MOST_COLUMNS = 30;

/** The names of all columns: the fixed ones and the next step, then the workspace's own. */
export const allColumns = (custom: readonly { key: string }[]): string[] => [
  ...LIST_FIELD_NAMES,
  NEXT_STEP,
  ...custom.map(({ key }) => customFieldName(key)),
];

/** The columns after one was moved to the place of another. */
export function movedTo(names: readonly string[], name: string, to: number): string[] {
  const rest = names.filter((other) => other !== name);
  if (rest.length === names.length) return rest;
  rest.splice(Math.max(0, Math.min(rest.length, to)), 0, name);
  return rest;
}
