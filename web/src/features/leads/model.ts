// The query of the list of leads: filters and order, as the URL spells them and as the API takes them.
import type { Sort } from "@/shared/grid/grid";
import { words } from "@/shared/lib/format";
import { countryName, STATUS_WORDS, wordOf } from "@/shared/lib/labels";
import { FILTER_FIELDS, type FilterField } from "@/shared/lib/lead-fields";

export type Filters = Partial<Record<FilterField, string[]>>;

/** `status:new,replied;tag:shortlist` */
export function parseFilters(text: string | undefined): Filters {
  const out: Filters = {};
  for (const part of (text ?? "").split(";")) {
    const at = part.indexOf(":");
    const field = part.slice(0, at) as FilterField;
    if (at < 1 || !FILTER_FIELDS.includes(field)) continue;
    const values = part
      .slice(at + 1)
      .split(",")
      .map(decodeURIComponent)
      .filter(Boolean);
    if (values.length) out[field] = [...new Set([...(out[field] ?? []), ...values])];
  }
  return out;
}

export function spellFilters(filters: Filters): string | undefined {
  const parts = FILTER_FIELDS.flatMap((field) => {
    const values = filters[field];
    return values?.length ? [`${field}:${values.map(encodeURIComponent).join(",")}`] : [];
  });
  return parts.join(";") || undefined;
}

export function withFilter(filters: Filters, field: FilterField, values: string[]): Filters {
  const { [field]: _old, ...rest } = filters;
  return values.length ? { ...rest, [field]: values } : rest;
}

export function valueWord(field: FilterField, value: string, names: Record<string, string> = {}): string {
  if (names[value]) return names[value];
  if (field === "status") return wordOf(STATUS_WORDS, value);
  if (field === "country") return countryName(value);
  if (field === "temperature" || field === "priority") return words(value);
  return value;
}

export const SORTS = [
  "created",
  "updated",
  "name",
  "company",
  "score",
  "status",
  "follow_up",
  "last_contacted",
] as const;
const DEFAULT: Sort = { by: "score", dir: "desc" };

/** `-score` is score, highest first. */
export function parseSort(text: string | undefined): Sort {
  const by = text?.replace(/^-/, "") ?? "";
  if (!(SORTS as readonly string[]).includes(by)) return DEFAULT;
  return { by, dir: text?.startsWith("-") ? "desc" : "asc" };
}

export const spellSort = (sort: Sort) => `${sort.dir === "desc" ? "-" : ""}${sort.by}`;

export interface View {
  id: string;
  label: string;
  f?: string;
  sort?: string;
}

/** The views of every workspace; each is a set of filters and an order. */
export const VIEWS: readonly View[] = [
  { id: "all", label: "All" },
  { id: "hot", label: "Hot", f: "temperature:hot" },
  { id: "new", label: "New", f: "status:new", sort: "-created" },
  { id: "contacted", label: "Contacted", f: "status:contacted" },
  { id: "replied", label: "Replied", f: "status:replied", sort: "-updated" },
  { id: "paid", label: "Won", f: "status:won", sort: "-updated" },
];

export function viewOf(f: string | undefined): string {
  return VIEWS.find((v) => (v.f ?? "") === (f ?? ""))?.id ?? "custom";
}
