// The fields that a rule may test: their kinds, the tests that suit each, and the values to choose from.
import type { CustomField } from "@/app/shared-queries";
import { countryName } from "@/shared/lib/country-name";
import { customFieldName, listFieldWord } from "@/shared/lib/field-words";
import { civilDay, words } from "@/shared/lib/format";
import { type FieldShape, LIST_FIELD_NAMES, LIST_FIELDS, type ListFieldName } from "@/shared/lib/list-fields";
import { reasonOptions, stageOptions } from "@/shared/lib/stages";
import type { Option } from "@/shared/ui/select";

export type TestName =
  | "is"
  | "is_not"
  | "has_all"
  | "contains"
  | "lacks"
  | "starts_with"
  | "at_least"
  | "at_most"
  | "in_last_days"
  | "in_next_days"
  | "filled"
  | "empty";

/**
 * How a field's values are compared and entered: `one` of a closed list, `several` at once, a `time` by its day, a
 * `date`, which can be a certain day too.
 */
export type FieldKind = "text" | "number" | "money" | "time" | "date" | "one" | "several";

export interface RuleField {
  name: string;
  word: string;
  kind: FieldKind;
  /** The values to choose from; typed in where there are none. */
  options?: readonly Option[];
  /** How a value is typed in. */
  hint?: string;
  /** Whether every lead has a value. */
  isAlwaysSet?: boolean;
}

const TESTS: Record<FieldKind, readonly TestName[]> = {
  text: ["is", "is_not", "contains", "lacks", "starts_with", "filled", "empty"],
  number: ["at_least", "at_most", "is", "is_not", "filled", "empty"],
  money: ["at_least", "at_most", "is", "is_not", "filled", "empty"],
  time: ["in_last_days", "in_next_days", "at_least", "at_most", "filled", "empty"],
  date: ["in_last_days", "in_next_days", "at_least", "at_most", "is", "is_not", "filled", "empty"],
  one: ["is", "is_not", "filled", "empty"],
  several: ["is", "is_not", "has_all", "filled", "empty"],
};

/** The tests that suit the field, with the one that the condition has. */
export function testsOf(field: RuleField, present?: TestName): TestName[] {
  const suiting = TESTS[field.kind].filter((test) => !field.isAlwaysSet || (test !== "filled" && test !== "empty"));
  return present && !suiting.includes(present) ? [...suiting, present] : suiting;
}

const TEST_WORDS: Record<TestName, string> = {
  is: "is",
  is_not: "is not",
  has_all: "has all of",
  contains: "contains",
  lacks: "does not contain",
  starts_with: "starts with",
  at_least: "is at least",
  at_most: "is at most",
  in_last_days: "is in the last",
  in_next_days: "is in the next",
  filled: "has a value",
  empty: "has no value",
};

export function testWord(test: TestName, kind: FieldKind): string {
  if (kind === "several" && test === "is") return "has one of";
  if (kind === "several" && test === "is_not") return "has none of";
  if (kind === "time" || kind === "date") {
    if (test === "at_least") return "is on or after";
    if (test === "at_most") return "is on or before";
  }
  return TEST_WORDS[test];
}

/** Whether the test compares with a list of values, with one, with a number of days, or with nothing. */
export function entryOf(test: TestName): "list" | "one" | "days" | "nothing" {
  switch (test) {
    case "is":
    case "is_not":
    case "has_all":
      return "list";
    case "in_last_days":
    case "in_next_days":
      return "days";
    case "filled":
    case "empty":
      return "nothing";
    default:
      return "one";
  }
}

const KINDS: Record<FieldShape, FieldKind> = {
  text: "text",
  number: "number",
  time: "time",
  word: "one",
  id: "one",
  texts: "several",
};

const options = (...values: string[]): Option[] => values.map((value) => ({ value, label: words(value) }));

const WORD_OPTIONS: Partial<Record<ListFieldName, readonly Option[]>> = {
  temperature: options("hot", "warm", "cold"),
  priority: options("high", "normal"),
  do_not_contact: options("yes", "no"),
  possible_opt_out: options("yes", "no"),
};

const HINTS: Partial<Record<ListFieldName, string>> = {
  time_zone: "Such as Europe/London",
};

const ALWAYS: readonly ListFieldName[] = [
  "name",
  "status",
  "stage_since",
  "temperature",
  "priority",
  "do_not_contact",
  "possible_opt_out",
  "score",
  "created",
  "updated",
];

/** The people and campaigns that conditions name by id. */
export interface Known {
  custom: readonly CustomField[];
  team: readonly { id: string; name: string; email: string }[];
  campaigns: readonly { id: string; name: string }[];
  /** The ICPs that leads may be asked for their fit with. */
  icps?: readonly { name: string; field: string }[];
}

const named = ({ id, name }: { id: string; name: string }): Option => ({ value: id, label: name });

function customField(field: CustomField, team: Known["team"]): RuleField {
  const base = { name: customFieldName(field.key), word: field.label };
  switch (field.kind) {
    case "text":
    case "url":
      return { ...base, kind: "text" };
    case "number":
      return { ...base, kind: "number" };
    case "money":
      return { ...base, kind: "money", hint: `Such as 1200 ${"currency" in field ? field.currency : "EUR"}` };
    case "date":
      return { ...base, kind: "date" };
    case "check":
      return { ...base, kind: "one", options: options("yes", "no") };
    case "person":
      return { ...base, kind: "one", options: team.map(({ email, name }) => ({ value: email, label: name })) };
    case "choice":
    case "choices": {
      const listed = "options" in field ? field.options.map((value) => ({ value, label: value })) : [];
      return { ...base, kind: field.kind === "choice" ? "one" : "several", options: listed };
    }
  }
}

function fixedField(name: ListFieldName, { team, campaigns }: Known): RuleField {
  const word = listFieldWord(name, []);
  const base = { name, word, kind: KINDS[LIST_FIELDS[name]], isAlwaysSet: ALWAYS.includes(name), hint: HINTS[name] };
  if (name === "owner") return { ...base, options: [{ value: "none", label: "Nobody" }, ...team.map(named)] };
  if (name === "campaign") return { ...base, options: campaigns.map(named) };
  if (name === "status") return { ...base, options: stageOptions() };
  if (name === "lost_reason") return { ...base, options: reasonOptions() };
  return { ...base, options: WORD_OPTIONS[name] };
}

/** Every field of the workspace's leads, the fixed ones first. */
export const ruleFields = (known: Known): RuleField[] => [
  ...LIST_FIELD_NAMES.map((name) => fixedField(name, known)),
  ...known.custom.map((field) => customField(field, known.team)),
  ...(known.icps ?? []).map(({ name, field }): RuleField => ({ name: field, word: `Fit, ${name}`, kind: "number" })),
];

/** The field by its name; one that is gone keeps its tests of texts. */
export const fieldOf = (fields: readonly RuleField[], name: string): RuleField =>
  fields.find((field) => field.name === name) ?? { name, word: listFieldWord(name, []), kind: "text" };

export const isGone = (fields: readonly RuleField[], name: string) => !fields.some((field) => field.name === name);

const DATE = /^\d{4}-\d\d-\d\d$/;

/** A value as users read it. */
export function valueWord(field: RuleField, value: string): string {
  const option = field.options?.find((one) => one.value === value);
  if (option) return option.label;
  if (field.name === "owner") return "a former member";
  if (field.name === "campaign") return "an archived campaign";
  if (field.name === "country") return countryName(value);
  if ((field.kind === "time" || field.kind === "date") && DATE.test(value)) return civilDay(value);
  return value;
}
