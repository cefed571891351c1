// The model of an import: its state, the step that the user is at, and how its columns may be mapped.
import type { Schema } from "@/api/types";
import type { CustomField } from "@/app/shared-queries";
import { customName, KIND_WORDS } from "@/shared/lib/field-kinds";
import { LEAD_FIELD_NAMES, LEAD_FIELDS, type LeadFieldName } from "@/shared/lib/lead-fields";

export type ImportState = Schema["ImportState"];

export type Target = Schema["Target"];

export type Column = Schema["Column"];

export type Counts = Schema["ImportCounts"];

export type Options = Schema["ImportOptions"];

/** Numbers without a country code, where the file suggests another country than the workspace's. */
export type PhoneQuestion = Schema["PhoneQuestion"];

/** How the values of custom fields are read. */
export type Values = NonNullable<Options["values"]>;

/** Imports from before there was a choice have none. */
export const valuesOf = (options: Options): Values => options.values ?? { bad_values: "reject" };

/** The options that are sent: the country and the spelling, only if a user has chosen them. */
export function optionsBody(options: Options): Schema["ImportOptionsBody"] {
  const { default_country, country_chosen, values: _, ...rest } = options;
  const { spelling_chosen, ...read } = valuesOf(options);
  return {
    ...rest,
    ...(country_chosen ? { default_country } : {}),
    values: spelling_chosen ? read : { bad_values: read.bad_values },
  };
}

export type ImportView = Schema["ImportView"];

/** What a column is used for, as the value of its select. */
export function columnUse({ target, field }: Pick<Column, "target" | "field">): string {
  if (target) return target;
  return field ? `${CUSTOM}${field}` : NEW_FIELD;
}

/** The column's target and field for a value of its select. */
export function chosenUse(value: string): { target: Target | null; field: string | null } {
  if (value === NEW_FIELD) return { target: null, field: null };
  return value.startsWith(CUSTOM)
    ? { target: null, field: value.slice(CUSTOM.length) }
    : { target: value as Target, field: null };
}

const NEW_FIELD = "new";
const CUSTOM = "custom:";

/** The uses that a column may have: the fixed fields, the workspace's own with their kinds, a new one, none. */
export function targetOptions(header: string, fields: readonly CustomField[]) {
  const name = customName(header);
  const known = fields.some((f) => customName(f.key) === name || customName(f.label) === name);
  return [
    ...LEAD_FIELD_NAMES.map((field) => ({ value: field as string, label: LEAD_FIELDS[field].word })),
    ...fields.map((f) => ({ value: `${CUSTOM}${f.key}`, label: `${f.label} (${KIND_WORDS[f.kind].toLowerCase()})` })),
    ...(known ? [] : [{ value: NEW_FIELD, label: `New text field: ${header || "Unnamed"}` }]),
    { value: "ignore", label: "Do not import" },
  ];
}

/** The targets of columns that say who has opted out, or whose address is dead. Several columns may have one. */
const OPT_OUTS: Target[] = ["do_not_contact", "opted_out", "opted_out_email", "opted_out_phone", "bounced"];

/** What a column may say that looks like opt-outs. */
export const OPT_OUT_ANSWERS: { target: Target; word: string }[] = [
  { target: "do_not_contact", word: "Yes, of everything" },
  { target: "opted_out_email", word: "Yes, of e-mail" },
  { target: "opted_out_phone", word: "Yes, of calls and texts" },
];

/** The custom fields that the columns fill. */
export const filledFields = (columns: readonly Pick<Column, "field">[], fields: readonly CustomField[]) =>
  fields.filter((f) => columns.some((c) => c.field === f.key));

export const STATIONS = ["Upload", "Map", "Check", "Import", "Result"];

export function station(view: Pick<ImportView, "state"> | undefined, checking: boolean): number {
  if (!view || view.state === "uploading") return 0;
  if (view.state === "mapped") return checking ? 2 : 1;
  if (view.state === "checked") return 2;
  if (view.state === "committing") return 3;
  return 4;
}

/** The faults of a mapping: what it lacks or assigns twice; without any it can be checked. */
export function mappingProblems(columns: Pick<Column, "header" | "target" | "field">[]): string[] {
  const targets = columns.map((c) => c.target).filter((t): t is LeadFieldName => !!t && t !== "ignore");
  const out: string[] = [];
  if (!targets.includes("email") && !targets.includes("phone"))
    out.push("Choose the column that holds the e-mail address or the phone number.");
  for (const target of new Set(targets)) {
    if (OPT_OUTS.includes(target)) continue;
    if (targets.filter((t) => t === target).length > 1)
      out.push(`${LEAD_FIELDS[target].word} is chosen for more than one column.`);
  }
  const custom = columns.flatMap((c) => (!c.target && c.field ? [c.field] : []));
  for (const field of new Set(custom)) {
    if (custom.filter((f) => f === field).length > 1) out.push(`${field} is chosen for more than one column.`);
  }
  return out;
}

/** A column that gets a text field of its own when the import starts. */
export const isNewField = (c: Pick<Column, "target" | "field">) => !c.target && !c.field;

export function mappedSummary(columns: Pick<Column, "target" | "field" | "fits" | "of">[]): string {
  const left = columns.filter((c) => c.target === "ignore").length;
  const made = columns.filter(isNewField).length;
  const asks = columns.filter(needsLook).length;
  const parts = [`${columns.length - left - made} matched`];
  if (made) parts.push(made === 1 ? "1 new field" : `${made} new fields`);
  if (left) parts.push(`${left} not imported`);
  if (asks) parts.push(`${asks} to review`);
  return parts.join(", ");
}

/** Fewer than half of the column's values fit its field. */
export const needsLook = (c: Pick<Column, "target" | "field" | "fits" | "of">) =>
  !isNewField(c) && c.target !== "ignore" && c.of > 0 && c.fits * 2 < c.of;

const DELIMITERS: Record<string, string> = { ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars" };

export function formatWords(view: Pick<ImportView, "format" | "columns">): string {
  const parts = [`${view.columns.length} columns`];
  if (view.format?.format === "csv") {
    if (view.format.delimiter)
      parts.push(DELIMITERS[view.format.delimiter] ?? `separated by “${view.format.delimiter}”`);
    if (view.format.encoding) parts.push(view.format.encoding);
    if (view.format.lines_above) parts.push(`header in line ${view.format.lines_above + 1}`);
  } else if (view.format?.format === "json") parts.push("JSON");
  return parts.join(", ");
}

export const CHUNK_BYTES = 1_000_000;

export function chunkRanges(size: number, chunk = CHUNK_BYTES): [number, number][] {
  const out: [number, number][] = [];
  for (let from = 0; from < size; from += chunk) out.push([from, Math.min(size, from + chunk)]);
  return out;
}
