import { expect, test } from "vitest";
import { limitProblems, limitsOf, textsOf, todayLine, usualLimits } from "./limits";
import type { ConnectionView } from "./queries";

test("form texts become the API's limits, and back", () => {
  const texts = { ...usualLimits("Europe/Berlin", "2026-03-10"), new_per_day: "15", ramp: true };
  expect(limitProblems(texts)).toEqual({});
  const limits = limitsOf(texts);
  expect(limits).toEqual({
    zone: "Europe/Berlin",
    per_day: 40,
    new_per_day: 15,
    per_hour: undefined,
    gap_seconds: 90,
    jitter_seconds: 60,
    ramp_up: { from: "2026-03-10", first_day: 10, daily_increase: 5 },
  });
  expect(textsOf(limits, "2027-01-01")).toEqual(texts);
});

test("what is no number is named by its field", () => {
  const texts = { ...usualLimits("UTC", "2026-03-10"), per_day: "", per_hour: "ten", ramp: true, ramp_first_day: "-1" };
  expect(Object.keys(limitProblems(texts))).toEqual(["limits.per_day", "limits.per_hour", "limits.ramp_up.first_day"]);
});

test("a day says how full it is", () => {
  const c = { today: { day: "2026-03-10", allowed: 40, taken: 12, taken_new: 3, next_free: "2026-03-10T09:00:00Z" } };
  expect(todayLine(c as ConnectionView)).toBe("12 of 40 today");
  const full = { today: { ...c.today, taken: 40, next_free: "2026-03-11T00:00:00Z" } };
  expect(todayLine(full as ConnectionView, new Date("2026-03-10T12:00:00Z"))).toMatch(/^40 of 40 today; room again /);
  expect(todayLine({} as ConnectionView)).toBeUndefined();
});
