// A rule while one edits it: a tree of groups and conditions with ids, and the rule that it stands for.
import type { Schema, SegmentRule } from "@/api/types";
import { entryOf, fieldOf, isGone, type RuleField, type TestName, testsOf } from "./fields";

export const MOST_CONDITIONS = 50;
export const DEEPEST = 5;
export const MOST_VALUES = 100;

/** The path of the rule itself, as the API names it. */
export const ROOT = "rule";

export type Match = "all" | "any" | "none";

export interface ConditionDraft {
  id: number;
  field: string;
  test: TestName;
  /** Several for a test of a list; else at most one, a number of days too. */
  values: string[];
}

export interface GroupDraft {
  id: number;
  match: Match;
  rules: RuleDraft[];
}

export type RuleDraft = ConditionDraft | GroupDraft;

export const isGroup = (draft: RuleDraft): draft is GroupDraft => "rules" in draft;

let last = 0;
const newId = () => ++last;

export const newCondition = (field = "status", test: TestName = "is"): ConditionDraft => ({
  id: newId(),
  field,
  test,
  values: [],
});

export const newGroup = (match: Match = "any", rules: RuleDraft[] = [newCondition()]): GroupDraft => ({
  id: newId(),
  match,
  rules,
});

function conditionDraft({ field, ...tested }: Schema["SegmentCondition"]): ConditionDraft {
  const [test = "is", value] = (Object.entries(tested)[0] ?? []) as [TestName, unknown];
  if (test === "filled") return { id: newId(), field, test: value ? "filled" : "empty", values: [] };
  const values = value === undefined ? [] : [value].flat().map(String);
  return { id: newId(), field, test, values };
}

const MATCHES: readonly string[] = ["all", "any", "none"] satisfies Match[];

/** Reads a part of a rule. An address that was cut off may hold less than a rule: what cannot be read is left out. */
function nodeDraft(rule: SegmentRule): RuleDraft {
  if ("if" in rule && rule.if) return conditionDraft(rule.if);
  const [match = "all", rules] = (Object.entries(rule ?? {})[0] ?? []) as [Match?, SegmentRule[]?];
  return newGroup(MATCHES.includes(match) ? match : "all", Array.isArray(rules) ? rules.map(nodeDraft) : []);
}

/** The draft of a rule; its root is always a group. */
export function draftOf(rule: SegmentRule | undefined): GroupDraft {
  if (!rule) return newGroup("all", []);
  const root = nodeDraft(rule);
  return isGroup(root) ? root : newGroup("all", [root]);
}

function conditionOf({ field, test, values }: ConditionDraft): Schema["SegmentCondition"] {
  switch (test) {
    case "filled":
    case "empty":
      return { field, filled: test === "filled" };
    case "in_last_days":
    case "in_next_days":
      return { field, [test]: Number(values[0]) } as Schema["SegmentCondition"];
    default: {
      const value = entryOf(test) === "list" ? values : (values[0] ?? "").trim();
      return { field, [test]: value } as Schema["SegmentCondition"];
    }
  }
}

/** The rule that a draft stands for. */
export function ruleOf(draft: GroupDraft): Exclude<SegmentRule, { if: unknown }>;
export function ruleOf(draft: RuleDraft): SegmentRule;
export function ruleOf(draft: RuleDraft): SegmentRule {
  if (!isGroup(draft)) return { if: conditionOf(draft) };
  const rules = draft.rules.map((inner) => ruleOf(inner));
  switch (draft.match) {
    case "all":
      return { all: rules };
    case "any":
      return { any: rules };
    case "none":
      return { none: rules };
  }
}

/** A condition with another field keeps its test where the fields are of one kind, and values that were typed in. */
export function withField(condition: ConditionDraft, name: string, fields: readonly RuleField[]): ConditionDraft {
  const [from, to] = [fieldOf(fields, condition.field), fieldOf(fields, name)];
  const tests = testsOf(to);
  const isAlike = from.kind === to.kind && tests.includes(condition.test);
  const test = isAlike ? condition.test : (tests[0] ?? "is");
  return { ...condition, field: name, test, values: isAlike && !from.options && !to.options ? condition.values : [] };
}

/** A condition with another test keeps its values where they are entered in the same way. */
export function withTest(condition: ConditionDraft, test: TestName): ConditionDraft {
  const [before, after] = [entryOf(condition.test), entryOf(test)];
  const values = before === "days" || after === "days" ? (before === after ? condition.values : []) : condition.values;
  return { ...condition, test, values: after === "list" ? values : values.slice(0, after === "nothing" ? 0 : 1) };
}

export const conditionCount = (draft: RuleDraft): number =>
  isGroup(draft) ? draft.rules.reduce((sum, inner) => sum + conditionCount(inner), 0) : 1;

/** The path of a part of a group, as the API names it. */
export const innerPath = (group: GroupDraft, path: string, at: number) => `${path}.${group.match}[${at}]`;

function valueFault({ test, values }: ConditionDraft, field: RuleField): string | undefined {
  const text = values[0]?.trim() ?? "";
  switch (entryOf(test)) {
    case "nothing":
      return undefined;
    case "days":
      return /^\d{1,5}$/.test(text) ? undefined : "Enter a number of days.";
    case "list":
      if (values.length > MOST_VALUES) return `At most ${MOST_VALUES} values are possible.`;
      return values.length ? undefined : field.options ? "Choose at least one." : "Enter at least one value.";
    case "one":
      if (field.kind === "time" || field.kind === "date") return text ? undefined : "Enter a day.";
      return text ? undefined : "Enter a value.";
  }
}

/** What is missing in a draft, by the path of the part. */
export function draftFaults(draft: GroupDraft, fields: readonly RuleField[]): Record<string, string> {
  const faults: Record<string, string> = {};
  const look = (part: RuleDraft, path: string) => {
    if (isGroup(part)) {
      if (part.rules.length === 0) faults[path] = "Add a condition.";
      for (const [at, inner] of part.rules.entries()) look(inner, innerPath(part, path, at));
      return;
    }
    const fault = isGone(fields, part.field)
      ? "This field was deleted. Choose another one."
      : valueFault(part, fieldOf(fields, part.field));
    if (fault) faults[path] = fault;
  };
  look(draft, ROOT);
  if (conditionCount(draft) > MOST_CONDITIONS) faults[ROOT] = `At most ${MOST_CONDITIONS} conditions are possible.`;
  return faults;
}

/** The paths of all parts of a draft. */
function pathsOf(draft: RuleDraft, path = ROOT): string[] {
  if (!isGroup(draft)) return [path];
  return [path, ...draft.rules.flatMap((inner, at) => pathsOf(inner, innerPath(draft, path, at)))];
}

/** The server's errors by the part that each is about; a fault within a condition stands at the condition. */
export function faultsByPart(
  errors: readonly { field: string; detail: string }[],
  draft: GroupDraft,
): Record<string, string> {
  const paths = pathsOf(draft);
  const out: Record<string, string> = {};
  for (const { field, detail } of errors) {
    const about = paths
      .filter((path) => field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`))
      .sort((a, b) => b.length - a.length)[0];
    if (about) out[about] ??= detail;
  }
  return out;
}
