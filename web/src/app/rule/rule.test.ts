import { expect, test } from "vitest";
import type { SegmentRule } from "@/api/types";
import type { CustomField } from "@/app/shared-queries";
import { civilDay } from "@/shared/lib/format";
import {
  conditionCount,
  draftFaults,
  draftOf,
  faultsByPart,
  type GroupDraft,
  isGroup,
  newCondition,
  newGroup,
  ruleOf,
  withField,
  withTest,
} from "./draft";
import { fieldOf, ruleFields, testsOf, testWord } from "./fields";
import { ruleWords } from "./sentence";

const custom: CustomField[] = [
  { id: "field_1", key: "Seats", label: "Seats", kind: "number" },
  { id: "field_2", key: "Plan", label: "Tariff", kind: "choice", options: ["Gold", "Silver"] },
  { id: "field_3", key: "Ends", label: "Contract ends", kind: "date" },
  { id: "field_4", key: "Deal", label: "Deal", kind: "money", currency: "EUR" },
  { id: "field_5", key: "Uses", label: "Uses", kind: "choices", options: ["Mail", "Phone"] },
  { id: "field_6", key: "Coach", label: "Coach", kind: "person" },
];
const fields = ruleFields({
  custom,
  team: [{ id: "user_1", name: "Maya", email: "maya@example.test" }],
  campaigns: [{ id: "campaign_1", name: "Clinics" }],
});

const nested: SegmentRule = {
  all: [
    { if: { field: "status", is: ["new", "won"] } },
    { any: [{ if: { field: "custom.Seats", at_least: "10" } }, { if: { field: "last_contacted", in_last_days: 30 } }] },
    { none: [{ if: { field: "tag", has_all: ["partner", "paid"] } }, { if: { field: "email", filled: false } }] },
  ],
};

test("a rule becomes a form and the same rule again", () => {
  expect(ruleOf(draftOf(nested))).toEqual(nested);
  const every: SegmentRule = {
    any: [
      { if: { field: "city", contains: "Bo" } },
      { if: { field: "city", lacks: "x" } },
      { if: { field: "city", starts_with: "B" } },
      { if: { field: "created", at_most: "2026-11-28" } },
      { if: { field: "follow_up", in_next_days: 0 } },
      { if: { field: "owner", is_not: ["none"] } },
      { if: { field: "phone", filled: true } },
    ],
  };
  expect(ruleOf(draftOf(every))).toEqual(every);
});

test("a condition alone is put into a group, and no rule is an empty one", () => {
  expect(ruleOf(draftOf({ if: { field: "city", is: ["Bonn"] } }))).toEqual({
    all: [{ if: { field: "city", is: ["Bonn"] } }],
  });
  expect(ruleOf(draftOf(undefined))).toEqual({ all: [] });
});

test("an address that was cut off opens as far as it can be read", () => {
  for (const cut of [{}, { all: 3 }, { some: [] }, { all: [{}, { if: { field: "city" } }] }])
    expect(isGroup(draftOf(cut as unknown as SegmentRule))).toBe(true);
});

test("a rule is told in one sentence", () => {
  expect(ruleWords(nested, fields)).toBe(
    "Stage is one of New, Won and (Seats is at least 10 or Last contacted is in the last 30 days) and none of (Tag has all of partner, paid; E-mail has no value)",
  );
  const said = (rule: SegmentRule) => ruleWords(rule, fields);
  expect(said({ all: [] })).toBe("Every lead");
  expect(said({ if: { field: "owner", is: ["user_1"] } })).toBe("Owner is Maya");
  expect(said({ if: { field: "owner", is_not: ["none", "user_9"] } })).toBe("Owner is none of Nobody, a former member");
  expect(said({ if: { field: "campaign", is: ["campaign_1", "campaign_9"] } })).toBe(
    "Campaign has one of Clinics, an archived campaign",
  );
  expect(said({ if: { field: "country", is: ["DE"] } })).toBe("Country is Germany");
  expect(said({ if: { field: "city", contains: "Bo" } })).toBe("City contains “Bo”");
  expect(said({ if: { field: "created", at_least: "2026-11-01" } })).toBe(
    `Created is on or after ${civilDay("2026-11-01")}`,
  );
  expect(said({ if: { field: "follow_up", in_next_days: 1 } })).toBe("Follow-up is in the next 1 day");
  expect(said({ if: { field: "custom.Plan", is: ["Gold"] } })).toBe("Tariff is Gold");
  expect(said({ if: { field: "custom.Gone", is: ["x"] } })).toBe("Gone is x");
  expect(said({ none: [{ if: { field: "city", is: ["Bonn"] } }] })).toBe("Not (City is Bonn)");
});

test("each kind of field offers the tests that the API takes for it", () => {
  const tests = (name: string) => testsOf(fieldOf(fields, name));
  expect(tests("city")).toEqual(["is", "is_not", "contains", "lacks", "starts_with", "filled", "empty"]);
  expect(tests("rating")).toEqual(["at_least", "at_most", "is", "is_not", "filled", "empty"]);
  expect(tests("created")).toEqual(["in_last_days", "in_next_days", "at_least", "at_most"]);
  expect(tests("last_contacted")).toEqual(["in_last_days", "in_next_days", "at_least", "at_most", "filled", "empty"]);
  expect(tests("status")).toEqual(["is", "is_not"]);
  expect(tests("owner")).toEqual(["is", "is_not", "filled", "empty"]);
  expect(tests("tag")).toEqual(["is", "is_not", "has_all", "filled", "empty"]);
  expect(tests("custom.Ends")).toContain("is");
  expect(tests("custom.Deal")).toContain("at_most");
  expect(tests("custom.Uses")).toContain("has_all");
  expect(testsOf(fieldOf(fields, "status"), "filled")).toContain("filled");
  expect(testWord("at_least", "date")).toBe("is on or after");
  expect(testWord("is_not", "several")).toBe("has none of");
});

test("values to choose from are the workspace's own", () => {
  const values = (name: string) => fieldOf(fields, name).options?.map(({ value }) => value);
  expect(values("owner")).toEqual(["none", "user_1"]);
  expect(values("campaign")).toEqual(["campaign_1"]);
  expect(values("custom.Plan")).toEqual(["Gold", "Silver"]);
  expect(values("custom.Coach")).toEqual(["maya@example.test"]);
  expect(values("tag")).toBeUndefined();
});

test("what is missing is found at its part, by the path that the API uses", () => {
  const empty = newGroup("any", []);
  const draft: GroupDraft = newGroup("all", [
    newCondition("status"),
    newGroup("none", [newCondition("city", "contains"), newCondition("created", "in_last_days")]),
    empty,
    { ...newCondition("custom.Gone"), values: ["x"] },
    { ...newCondition("email", "empty") },
    { ...newCondition("created", "at_least") },
  ]);
  expect(draftFaults(draft, fields)).toEqual({
    "rule.all[0]": "Choose at least one.",
    "rule.all[1].none[0]": "Enter a value.",
    "rule.all[1].none[1]": "Enter a number of days.",
    "rule.all[2]": "Add a condition.",
    "rule.all[3]": "This field was deleted. Choose another one.",
    "rule.all[5]": "Enter a day.",
  });
  expect(draftFaults(draftOf(nested), fields)).toEqual({});
  expect(draftFaults(draftOf(undefined), fields)).toEqual({ rule: "Add a condition." });
  const many = newGroup(
    "all",
    Array.from({ length: 51 }, () => newCondition("email", "filled")),
  );
  expect(draftFaults(many, fields).rule).toContain("At most 50");
  expect(conditionCount(many)).toBe(51);
});

test("the server's errors stand at the condition that they are about", () => {
  const draft = draftOf(nested);
  expect(
    faultsByPart(
      [
        { field: "rule.all[1].any[0]", detail: "'x' is not a number" },
        { field: "rule.all[2].none[0].values", detail: "has an empty value" },
        { field: "rule", detail: "is too long" },
        { field: "rule.all[1].any[0]", detail: "another fault of the same part" },
        { field: "name", detail: "is taken" },
      ],
      draft,
    ),
  ).toEqual({
    "rule.all[1].any[0]": "'x' is not a number",
    "rule.all[2].none[0]": "has an empty value",
    rule: "is too long",
  });
});

test("a part's path is not mistaken for that of one with a longer number", () => {
  const draft = newGroup(
    "all",
    Array.from({ length: 12 }, () => newCondition("email", "filled")),
  );
  expect(faultsByPart([{ field: "rule.all[11]", detail: "no" }], draft)).toEqual({ "rule.all[11]": "no" });
});

test("another field keeps the values of its kind, another test those that are entered alike", () => {
  const city = { ...newCondition("city"), values: ["Bonn", "Köln"] };
  expect(withField(city, "country", fields)).toMatchObject({ field: "country", test: "is", values: ["Bonn", "Köln"] });
  expect(withField(city, "status", fields)).toMatchObject({ test: "is", values: [] });
  expect(withField(city, "created", fields)).toMatchObject({ test: "in_last_days", values: [] });
  expect(withTest(city, "contains").values).toEqual(["Bonn"]);
  expect(withTest(city, "empty").values).toEqual([]);
  const days = { ...newCondition("created", "in_last_days"), values: ["30"] };
  expect(withTest(days, "in_next_days").values).toEqual(["30"]);
  expect(withTest(days, "at_least").values).toEqual([]);
});
