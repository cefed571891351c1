// What the page of prospects knows: filters as they are typed, the words of outcomes, and choosing rows.
import type { Schema } from "@/api/types";

export type ProspectSearch = Schema["ProspectSearchView"];
export type Prospect = Schema["ProspectView"];
export type Filters = Schema["ProspectFilters"];
export type FilterName = Schema["ProspectCriterion"];
export type AddAnswer = Schema["AddProspectsAnswer"];
export type AddOutcome = Schema["AddOutcome"];
export type Provider = Schema["ProspectProviderView"];
export type Texts = Partial<Record<FilterName, string>>;

/** As many as the provider is asked about side by side: a request is one round, and can be stopped after it. */
export const STEP = 6;
export const PAGE_SIZES = ["10", "25", "50", "100"] as const;

export const FILTERS: { name: FilterName; label: string; example: string }[] = [
  { name: "titles", label: "Job titles", example: "Owner, Practice manager" },
  { name: "seniorities", label: "Seniority", example: "owner, director, manager" },
  { name: "locations", label: "City or country", example: "Bonn, Germany" },
  { name: "industries", label: "Industries", example: "dental, veterinary" },
  { name: "employees", label: "Company size", example: "2-50, 200+" },
  { name: "domains", label: "Company domains", example: "acme.example" },
  { name: "keywords", label: "Keywords", example: "plumber" },
];

const listed = (text: string | undefined) => (text ?? "").split(",").flatMap((part) => part.trim() || []);

/** Reads sizes such as `2-50, 200+`; `undefined`: one of them is none. */
export function rangesOf(text: string | undefined): Schema["EmployeeRange"][] | undefined {
  const ranges = listed(text).map((part) => /^(\d{1,8})\s*(?:(\+)|[-–]\s*(\d{1,8}))?$/.exec(part));
  if (ranges.includes(null)) return undefined;
  return ranges.flatMap((found) => {
    if (!found) return [];
    const from = Number(found[1]);
    return found[2] ? [{ from }] : [{ from, to: found[3] === undefined ? from : Number(found[3]) }];
  });
}

/** The filters of a request: those that the provider can be asked for. */
export function filtersOf(texts: Texts, known: readonly FilterName[]): Filters {
  const of = (name: FilterName) => (known.includes(name) ? listed(texts[name]) : []);
  return {
    titles: of("titles"),
    seniorities: of("seniorities"),
    locations: of("locations"),
    industries: of("industries"),
    employees: known.includes("employees") ? (rangesOf(texts.employees) ?? []) : [],
    domains: of("domains"),
    keywords: of("keywords"),
  };
}

export const isBlank = (filters: Filters) => Object.values(filters).every((values) => values.length === 0);

/** Filters as they would be typed. */
export function textsOf(filters: Filters): Texts {
  const { employees = [], ...lists } = filters;
  const texts = Object.entries(lists).map(([name, values]) => [name, (values ?? []).join(", ")]);
  const sizes = employees.map(({ from, to }) => (to === undefined || to === null ? `${from}+` : `${from}-${to}`));
  return { ...Object.fromEntries(texts), employees: sizes.join(", ") };
}

/** Whether it can be chosen: it is no lead yet, and can be reached. */
export const isOpen = ({ lead, reachable }: Prospect) => !lead && reachable;

/** The rows between two, both among them, that can be chosen. */
export function between(items: readonly Prospect[], from: number, to: number): string[] {
  const [first, last] = from < to ? [from, to] : [to, from];
  return items.slice(first, last + 1).flatMap((one) => (isOpen(one) ? one.id : []));
}

export const OUTCOMES: Record<AddOutcome, { words: string; note?: string }> = {
  added: { words: "added" },
  already: { words: "already there" },
  deleted: { words: "deleted before", note: "Restore them from the deleted leads." },
  erased: { words: "erased before", note: "They are not added again." },
  suppressed: { words: "opted out", note: "They are on the suppression list, and never added." },
  no_address: { words: "without an address", note: "The provider has none of them." },
  over_cap: { words: "over the cap", note: "A manager can raise the month's cap." },
  being_added: { words: "being added", note: "Another request is at it." },
  answer_lost: {
    words: "with a lost answer",
    note: "The provider may have charged them. They are not asked for again within a month.",
  },
  not_asked: { words: "not asked", note: "The provider could not be asked. Nothing was charged." },
};

/** Joins what several steps came to. */
export function joined(answers: readonly AddAnswer[]): Pick<AddAnswer, "results" | "cost" | "job"> {
  return {
    results: answers.flatMap(({ results }) => results),
    cost: answers.reduce((sum, { cost }) => sum + cost, 0),
    job: answers.findLast(({ job }) => job)?.job,
  };
}
