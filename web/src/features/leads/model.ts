// The query of the list of leads: filters, rule, order and columns, as the URL spells them and as the API takes them.
import type { SavedView, SegmentRule } from "@/api/types";
import type { Sort } from "@/shared/grid/grid";
import { countryName } from "@/shared/lib/country-name";
import { isFieldName, listFieldWord } from "@/shared/lib/field-words";
import { words } from "@/shared/lib/format";
import { FILTER_FIELDS, type FilterField, type ListFilter } from "@/shared/lib/lead-fields";
import { stageWord } from "@/shared/lib/stages";

export type Filters = Partial<Record<FilterField, string[]>>;

/** The list as its address has it. With a view and nothing else, the list is as the view says. */
export interface ListSearch {
  q?: string;
  f?: string;
  sort?: string;
  rule?: SegmentRule;
  /** The columns, between commas. */
  cols?: string;
  /** The saved view that is shown, perhaps with changes. */
  view?: string;
  /** The leads by stage, instead of the table. */
  layout?: "board";
}

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
  if (field === "status") return stageWord(value);
  if (field === "country") return countryName(value);
  if (field === "temperature" || field === "priority") return words(value);
  return value;
}

const DEFAULT: Sort = { by: "score", dir: "desc" };

/** `-score` is score, highest first. */
export function parseSort(text: string | undefined): Sort {
  const by = text?.replace(/^-/, "") ?? "";
  if (!isFieldName(by)) return DEFAULT;
  return { by, dir: text?.startsWith("-") ? "desc" : "asc" };
}

export const spellSort = (sort: Sort) => `${sort.dir === "desc" ? "-" : ""}${sort.by}`;

/** The column of what comes next for a lead. It is no field of the lead: the app puts it together. */
export const NEXT_STEP = "next_step";

/** The columns that are shown unless others are chosen. */
export const DEFAULT_COLUMNS: readonly string[] = [
  "name",
  "company",
  "score",
  "status",
  "campaign",
  NEXT_STEP,
  "last_contacted",
  "city",
  "time_zone",
];

/** Columns that yield to a narrow window, unless they were chosen. */
export const WIDE_COLUMNS: readonly string[] = ["last_contacted", "city", "time_zone"];

const COLUMN_WORDS: Record<string, string> = { city: "Location", time_zone: "Local time", [NEXT_STEP]: "Next" };

/** The head of a column. Some show more than their field says. */
export const columnWord = (name: string, custom: readonly { key: string; label: string }[]): string =>
  COLUMN_WORDS[name] ?? listFieldWord(name, custom);

/** Names between commas; a comma within a name is spelled `%2C`. */
export const spellColumns = (names: readonly string[] | undefined): string | undefined =>
  names?.map((name) => name.replace(/[%,]/g, encodeURIComponent)).join(",") || undefined;

export const parseColumns = (text: string | undefined): string[] | undefined => {
  const named = (part: string) => part.replace(/%2C/gi, ",").replace(/%25/g, "%");
  const names = [...new Set(text?.split(",").map(named) ?? [])].filter(isFieldName);
  return names.length ? names : undefined;
};

export interface BuiltInView {
  id: string;
  label: string;
  f?: string;
  sort?: string;
}

/** The views of every workspace; each is a set of filters and an order. */
export const VIEWS: readonly BuiltInView[] = [
  { id: "all", label: "All" },
  { id: "hot", label: "Hot", f: "temperature:hot" },
  { id: "new", label: "New", f: "status:new", sort: "-created" },
  { id: "contacted", label: "Contacted", f: "status:contacted" },
  { id: "replied", label: "Replied", f: "status:replied", sort: "-updated" },
  { id: "paid", label: "Won", f: "status:won", sort: "-updated" },
];

export function viewOf({ f, rule, view }: ListSearch): string {
  if (view) return view;
  return rule ? "custom" : (VIEWS.find((v) => (v.f ?? "") === (f ?? ""))?.id ?? "custom");
}

/** Whether the address names a view, and nothing that may differ from it. */
export const isViewAlone = ({ view, layout: _layout, ...rest }: ListSearch) =>
  !!view && Object.values(rest).every((v) => !v);

/** A saved view, spelled out. */
export function searchOf({ id, filter, segment, sort, order, columns }: SavedView): ListSearch {
  const one = {
    campaign: filter.campaign,
    owner: filter.unowned ? "none" : filter.owner,
    segment: segment ?? filter.segment,
  };
  const filters: Filters = Object.fromEntries(
    FILTER_FIELDS.map((field) => [
      field,
      field in one ? [one[field as keyof typeof one] ?? []].flat() : filter[field as ListFilter],
    ]),
  );
  return {
    view: id,
    q: filter.q || undefined,
    f: spellFilters(filters),
    sort: sort ? spellSort({ by: sort, dir: order ?? "asc" }) : undefined,
    rule: filter.rule ?? undefined,
    cols: spellColumns(columns),
  };
}
