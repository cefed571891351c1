import { expect, test } from "vitest";
import { limitProblems, limitsOf, textsOf, usualLimits } from "./limits";

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

test("a number is slower than its carrier from the start, and a mailbox slower than that", () => {
  const of = (kind?: string) => limitsOf(usualLimits("UTC", "2026-03-10", kind));
  expect(of("twilio")).toMatchObject({ per_day: 2000, per_minute: 60, gap_seconds: 0 });
  expect(of("whatsapp")).toMatchObject({ per_day: 2000, new_per_day: 250 });
  expect(of()).toMatchObject({ per_day: 40, gap_seconds: 90 });
});
