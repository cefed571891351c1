import { expect, test } from "vitest";
import { coverageOf, currenciesOf, medianWords, monthIn, weightedNote, wentOnWords } from "./model";
import type { Forecast, Health, StageHealth } from "./queries";

const sums = (...all: [string, number, number][]) => ({
  deals: all.length,
  sums: all.map(([currency, value_minor, weighted_minor]) => ({ currency, value_minor, weighted_minor })),
});

const forecast: Forecast = {
  this_month: "2026-11",
  cut_off: false,
  overdue: sums(),
  months: [
    { month: "2026-11", open: sums(["GBP", 500, 50], ["EUR", 10_000, 6_000]), won: sums(["EUR", 3_000, 3_000]) },
    { month: "2026-12", open: sums(), won: sums() },
  ],
};

test("a weighted sum says what it is of, and an empty one that there are no deals", () => {
  expect(weightedNote(sums())).toBe("No open deals");
  expect(weightedNote(sums(["EUR", 1_240_000, 620_000]))).toMatch(/^weighted, of .*12,400.* 1 deal$/);
});

test("currencies of the forecast stand apart, the largest first", () => {
  expect(currenciesOf(forecast)).toEqual(["EUR", "GBP"]);
  expect(forecast.months.map((month) => monthIn(month, "EUR"))).toEqual([
    { open: 10_000, weighted: 6_000, won: 3_000 },
    { open: 0, weighted: 0, won: 0 },
  ]);
});

test("coverage compares each currency with what was won in it", () => {
  const health = {
    three_months: sums(["EUR", 10_000, 6_000], ["GBP", 900, 90]),
    won_three_months: sums(["EUR", 5_000, 5_000], ["USD", 100, 100]),
  } as Health;
  expect(coverageOf(health)).toEqual([
    { currency: "EUR", times: 1.2 },
    { currency: "USD", times: 0 },
  ]);
});

test("times are hours, then days, and a stage that nobody left has none", () => {
  expect([null, 0, 47, 48, 300].map(medianWords)).toEqual(["–", "0 h", "47 h", "2 days", "13 days"]);
  expect(wentOnWords({ left: 4, went_on: 3 } as StageHealth)).toBe("3 of 4");
  expect(wentOnWords({ left: 200, went_on: 150 } as StageHealth)).toBe("150 of 200, 75.0%");
  expect(wentOnWords({ left: 0, went_on: 0 } as StageHealth)).toBe("–");
});
