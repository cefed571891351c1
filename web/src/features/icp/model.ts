// An ICP while one edits it: rules and weights as drafts of the rule builder, and what the API takes of them.
import type { IcpPreviewRequest, IcpView, Schema, SegmentRule } from "@/api/types";
import {
  draftFaults,
  draftOf,
  faultsByPart,
  type GroupDraft,
  isGroup,
  newCondition,
  newGroup,
  ROOT,
  ruleOf,
} from "@/app/rule/draft";
import type { RuleField } from "@/app/rule/fields";
import { draftWords } from "@/app/rule/sentence";

export const MOST_ITEMS = 20;
export const LONGEST_NAME = 80;

export type NotKnown = Schema["NotKnown"];

export interface RuleItem {
  key: number;
  draft: GroupDraft;
  notKnown: NotKnown;
  /** Why a model proposes it. */
  reason?: string;
}

export interface WeightItem {
  key: number;
  draft: GroupDraft;
  points: number;
  reason?: string;
}

/** The name under which unsaved edits are kept: an ICP's, those of a new one, or those of a proposal. */
export const editsOf = (id: string | undefined, isProposal = false) => `icp:${id ?? (isProposal ? "proposal" : "new")}`;

export interface IcpDraft {
  name: string;
  rules: RuleItem[];
  weights: WeightItem[];
  threshold: number;
}

let last = 0;
const newKey = () => ++last;

const blank = () => newGroup("all", [newCondition("city")]);
export const newRule = (): RuleItem => ({ key: newKey(), draft: blank(), notKnown: "leave_out" });
export const newWeight = (): WeightItem => ({ key: newKey(), draft: blank(), points: 20 });

export const emptyDraft = (): IcpDraft => ({ name: "", rules: [], weights: [], threshold: 60 });

type Profile = Pick<IcpView, "rules" | "weights" | "threshold">;

export const draftOfIcp = ({ name, rules, weights, threshold }: Profile & { name: string }): IcpDraft => ({
  name,
  threshold,
  rules: rules.map(({ rule, not_known }) => ({
    key: newKey(),
    draft: draftOf(rule),
    notKnown: not_known ?? "leave_out",
  })),
  weights: weights.map(({ rule, points }) => ({ key: newKey(), draft: draftOf(rule), points })),
});

export type ProposedIcp = Schema["ProposedIcp"];

/** A proposal as a draft, each rule and weight with its reason. */
export const draftOfProposal = ({ name, rules, weights, threshold }: ProposedIcp): IcpDraft => {
  const draft = draftOfIcp({
    name,
    threshold,
    rules: rules.map(({ rule }) => rule),
    weights: weights.map(({ weight }) => weight),
  });
  return {
    ...draft,
    rules: draft.rules.map((rule, at) => ({ ...rule, reason: rules[at]?.reason })),
    weights: draft.weights.map((weight, at) => ({ ...weight, reason: weights[at]?.reason })),
  };
};

/** A first ICP of fields that every workspace has, for users who would rather change than invent. */
export const exampleDraft = (): IcpDraft =>
  draftOfIcp({
    name: "Well-reviewed, easy to reach",
    rules: [
      {
        rule: { any: [{ if: { field: "phone", filled: true } }, { if: { field: "email", filled: true } }] },
        not_known: "leave_out",
      },
      { rule: { if: { field: "status", is_not: ["won", "lost"] } }, not_known: "leave_out" },
    ],
    weights: [
      { rule: { if: { field: "rating", at_least: "4.5" } }, points: 40 },
      { rule: { if: { field: "reviews", at_least: "50" } }, points: 25 },
      { rule: { if: { field: "website", filled: true } }, points: 20 },
      { rule: { if: { field: "phone", filled: true } }, points: 15 },
    ],
    threshold: 60,
  });

/** A group of one condition is the condition itself. */
export function plainRule(draft: GroupDraft): SegmentRule {
  const [only, ...more] = draft.rules;
  return draft.match === "all" && only && more.length === 0 && !isGroup(only) ? ruleOf(only) : ruleOf(draft);
}

/** What the API takes of a draft; `complete` leaves out rules and weights that lack something. */
export function profileOf(draft: IcpDraft, keep: (item: { draft: GroupDraft }) => boolean = () => true) {
  return {
    rules: draft.rules.filter(keep).map(({ draft, notKnown }) => ({ rule: plainRule(draft), not_known: notKnown })),
    weights: draft.weights.filter(keep).map(({ draft, points }) => ({ rule: plainRule(draft), points })),
    threshold: draft.threshold,
  } satisfies IcpPreviewRequest;
}

export const isWhole = (draft: GroupDraft, fields: readonly RuleField[]) =>
  Object.keys(draftFaults(draft, fields)).length === 0;

/** Whether a draft says anything else than another one; keys do not count. */
export const contentOf = (draft: IcpDraft) => JSON.stringify([draft.name.trim(), profileOf(draft)]);

/** A rule in words. Numbers between two bounds are told as a range. */
export function itemWords(draft: GroupDraft, fields: readonly RuleField[]): string {
  const [low, high, ...more] = draft.rules;
  const isRange =
    draft.match === "all" &&
    low &&
    high &&
    more.length === 0 &&
    !isGroup(low) &&
    !isGroup(high) &&
    low.field === high.field;
  if (isRange && low.test === "at_least" && high.test === "at_most") {
    const word = fields.find((field) => field.name === low.field)?.word ?? low.field;
    return `${word} ${low.values[0] ?? "…"} to ${high.values[0] ?? "…"}`;
  }
  return draftWords(draft, fields);
}

/** The first field that a rule names: the head of its column in the sample. */
export function headOf(draft: GroupDraft, fields: readonly RuleField[]): string {
  const first = (rules: GroupDraft["rules"]): string | undefined => {
    for (const rule of rules) {
      const found = isGroup(rule) ? first(rule.rules) : rule.field;
      if (found) return found;
    }
    return undefined;
  };
  const name = first(draft.rules);
  return fields.find((field) => field.name === name)?.word ?? name ?? "";
}

/** The server's faults of one item, by the part of its rule. `place`: such as `rules[1]`. */
export function faultsOf(errors: readonly { field: string; detail: string }[], place: string, draft: GroupDraft) {
  const own = errors
    .filter(({ field }) => field === place || field.startsWith(`${place}.`))
    .map(({ field, detail }) => ({ field: field.slice(place.length + 1) || ROOT, detail }));
  // The API is sent a single condition bare, which the builder shows within its group.
  const [only] = draft.rules;
  const isBare = draft.match === "all" && draft.rules.length === 1 && only && !isGroup(only);
  return faultsByPart(isBare ? own.map((e) => ({ ...e, field: e.field.replace(/^rule/, "rule.all[0]") })) : own, draft);
}

/** Points as they count: scaled to 100, in whole numbers. */
export const scaled = (points: number, all: number) => (all ? Math.round((100 * points) / all) : 0);

export const pointsOf = (draft: IcpDraft) => draft.weights.reduce((sum, { points }) => sum + points, 0);

export const clampThreshold = (value: number) => Math.max(0, Math.min(100, Math.round(value)));
