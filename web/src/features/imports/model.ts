// The model of an import: its state, the step that the user is at, and how its columns may be mapped.
import type { Schema } from "@/api/types";
import { LEAD_FIELD_NAMES, LEAD_FIELDS, type LeadFieldName } from "@/shared/lib/lead-fields";

export type ImportState = Schema["ImportState"];

export type Target = Schema["Target"];

export type Column = Schema["Column"];

export type Counts = Schema["ImportCounts"];

export type Options = Schema["ImportOptions"];

/** Numbers without a country code, where the file suggests another country than the workspace's. */
export type PhoneQuestion = Schema["PhoneQuestion"];

/** The options that are sent: the country, only if a user has chosen one. */
export function optionsBody({ default_country, country_chosen, ...rest }: Options) {
  return country_chosen ? { ...rest, default_country } : rest;
}

export type ImportView = Schema["ImportView"];

/** The empty value means a custom field under the column's header. */
export const targetOptions = (header: string) => [
  ...LEAD_FIELD_NAMES.map((name) => ({ value: name as string, label: LEAD_FIELDS[name].word })),
  { value: "custom", label: `New field: ${header || "Unnamed"}` },
  { value: "ignore", label: "Do not import" },
];

export const STATIONS = ["Upload", "Map", "Check", "Import", "Result"];

export function station(view: Pick<ImportView, "state"> | undefined, checking: boolean): number {
  if (!view || view.state === "uploading") return 0;
  if (view.state === "mapped") return checking ? 2 : 1;
  if (view.state === "checked") return 2;
  if (view.state === "committing") return 3;
  return 4;
}

/** The faults of a mapping: what it lacks or assigns twice; without any it can be checked. */
export function mappingProblems(columns: Pick<Column, "header" | "target">[]): string[] {
  const targets = columns.map((c) => c.target).filter((t): t is LeadFieldName => !!t && t !== "ignore");
  const out: string[] = [];
  if (!targets.includes("email") && !targets.includes("phone"))
    out.push("Choose the column that holds the e-mail address or the phone number.");
  for (const target of new Set(targets)) {
    if (targets.filter((t) => t === target).length > 1)
      out.push(`${LEAD_FIELDS[target].word} is chosen for more than one column.`);
  }
  return out;
}

export function mappedSummary(columns: Pick<Column, "target" | "fits" | "of">[]): string {
  const left = columns.filter((c) => c.target === "ignore").length;
  const custom = columns.filter((c) => !c.target).length;
  const asks = columns.filter(needsLook).length;
  const parts = [`${columns.length - left - custom} matched`];
  if (custom) parts.push(`${custom} kept as ${custom === 1 ? "a custom field" : "custom fields"}`);
  if (left) parts.push(`${left} not imported`);
  if (asks) parts.push(`${asks} to review`);
  return parts.join(", ");
}

/** Fewer than half of the column's values fit its field. */
export const needsLook = (c: Pick<Column, "target" | "fits" | "of">) =>
  !!c.target && c.target !== "ignore" && c.of > 0 && c.fits * 2 < c.of;

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
