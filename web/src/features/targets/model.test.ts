import { expect, test } from "vitest";
import type { Progress, Targets } from "@/app/targets/queries";
import { bodyOf, copied, draftsOf, faultsOf, TEAM, targetOf } from "./model";

const of = (target: number | null): Progress => ({ target, actual: 0, expected: null, projected: null });
const progress = (calls: number | null, collected: number | null) => ({
  calls: of(calls),
  meetings: of(null),
  won: of(null),
  collected: of(collected),
});
const TARGETS: Targets = {
  month: "2026-11",
  working_days: 21,
  days_over: 11,
  currency: "GBP",
  team: progress(400, null),
  members: [
    { user: "user_1", name: "Maya", progress: progress(40, 250_050) },
    { user: "user_2", name: "Tom", progress: progress(null, null) },
  ],
  other_currencies: false,
  cut_off: false,
  may_change: true,
  rev: 3,
};

test("targets are read back as they were typed, without members that have none", () => {
  expect(bodyOf(draftsOf(TARGETS), "GBP", 3)).toEqual({
    team: { calls: 400 },
    members: [{ user: "user_1", targets: { calls: 40, collected_minor: 250_050 } }],
    rev: 3,
  });
});

test("a manager who does not see the team's targets sends none of them", () => {
  expect(bodyOf(draftsOf({ ...TARGETS, team: null }), "GBP", 3)).not.toHaveProperty("team");
});

test("typed numbers may have separators of thousands, and what is none is refused", () => {
  expect(targetOf("calls", "1,500", "GBP")).toBe(1_500);
  expect(targetOf("collected", "12 500,50", "GBP")).toBe(1_250_050);
  expect(targetOf("collected", "900", "JPY")).toBe(900);
  expect(targetOf("calls", " ", "GBP")).toBeNull();
  for (const wrong of ["many", "0", "-3", "1.5", "1000001"])
    expect(targetOf("calls", wrong, "GBP"), wrong).toBeUndefined();
});

test("faults name the cell", () => {
  const drafts = draftsOf(TARGETS);
  const wrong = { ...drafts, user_2: { ...drafts.user_2, calls: "x" } } as typeof drafts;
  expect(Object.keys(faultsOf(wrong, "GBP"))).toEqual(["user_2.calls"]);
});

test("copying takes the other month's targets for the rows that are there", () => {
  const before: Targets = {
    ...TARGETS,
    team: progress(300, null),
    members: [
      { user: "user_2", name: "Tom", progress: progress(30, null) },
      { user: "user_9", name: "Gone", progress: progress(99, null) },
    ],
  };
  const drafts = copied(draftsOf(TARGETS), before);
  expect([drafts[TEAM]?.calls, drafts.user_1?.calls, drafts.user_2?.calls]).toEqual(["300", "40", "30"]);
  expect(drafts).not.toHaveProperty("user_9");
});
