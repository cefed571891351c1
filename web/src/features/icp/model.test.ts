import { expect, test } from "vitest";
import { ruleFields } from "@/app/rule/fields";
import {
  clampThreshold,
  contentOf,
  draftOfIcp,
  emptyDraft,
  exampleDraft,
  faultsOf,
  headOf,
  isWhole,
  itemWords,
  newRule,
  profileOf,
  type RuleItem,
} from "./model";
import { reasonsInWords } from "./sample";

const FIELDS = ruleFields({
  custom: [{ id: "field_1", key: "Rooms", label: "Rooms", kind: "number" }],
  team: [],
  campaigns: [],
});

const ROOMS = {
  all: [{ if: { field: "custom.Rooms", at_least: "2" } }, { if: { field: "custom.Rooms", at_most: "8" } }],
};
const ICP = {
  name: "Clinics",
  rules: [{ rule: ROOMS, not_known: "keep" as const }],
  weights: [{ rule: { if: { field: "rating", at_least: "4.6" } }, points: 30 }],
  threshold: 60,
};

test("an ICP that is only opened is sent back as it came", () => {
  const { name, ...profile } = ICP;
  const draft = draftOfIcp(ICP);
  expect(draft.name).toBe(name);
  expect(profileOf(draft)).toEqual(profile);
  expect(contentOf(draft)).toBe(contentOf(draftOfIcp(ICP)));
});

test("a rule between two bounds is told as a range, and its column is headed by its field", () => {
  const [rooms] = draftOfIcp(ICP).rules;
  expect(rooms && itemWords(rooms.draft, FIELDS)).toBe("Rooms 2 to 8");
  expect(rooms && headOf(rooms.draft, FIELDS)).toBe("Rooms");
});

test("a rule that lacks something is not counted, and the rest is", () => {
  const draft = { ...draftOfIcp(ICP), rules: [...draftOfIcp(ICP).rules, newRule()] };
  const whole = (item: Pick<RuleItem, "draft">) => isWhole(item.draft, FIELDS);
  expect(profileOf(draft).rules).toHaveLength(2);
  expect(profileOf(draft, whole).rules).toEqual(ICP.rules);
});

test("the example is complete as it stands", () => {
  const draft = exampleDraft();
  const incomplete = [...draft.rules, ...draft.weights].filter((item) => !isWhole(item.draft, FIELDS));
  expect(incomplete).toEqual([]);
  expect(draft.weights.reduce((sum, { points }) => sum + points, 0)).toBe(100);
  expect(contentOf(emptyDraft())).not.toBe(contentOf(draft));
});

test("a refusal stands at the condition that it is about", () => {
  const draft = draftOfIcp(ICP);
  const errors = [
    { field: "rules[0].rule.all[1]", detail: "'x' is not a number" },
    { field: "weights[0].rule", detail: "names 'rating', which is not a field" },
  ];
  const [rule, weight] = [draft.rules[0], draft.weights[0]];
  expect(rule && faultsOf(errors, "rules[0]", rule.draft)).toEqual({ "rule.all[1]": "'x' is not a number" });
  expect(weight && faultsOf(errors, "weights[0]", weight.draft)).toEqual({
    "rule.all[0]": "names 'rating', which is not a field",
  });
});

test("reasons say first what adds, then what does not, then what is not known", () => {
  const reasons = [
    { answer: "not_known" as const, text: "City not known", value: null },
    { answer: "met" as const, text: "Rating 4.8", value: "4.8" },
    { answer: "not_met" as const, text: "Rooms is 9, the limit is 8", value: "9" },
    { answer: "met" as const, text: "phone known", value: "+44" },
  ];
  expect(reasonsInWords(reasons)).toBe("Rating 4.8, phone known. Rooms is 9, the limit is 8. City not known.");
  expect(reasonsInWords([])).toBe("");
});

test("a threshold stays between 0 and 100", () => {
  expect([-5, 33.4, 140].map(clampThreshold)).toEqual([0, 33, 100]);
});
