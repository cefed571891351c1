import { expect, test } from "vitest";
import { draftsOf, tiersOf, tiersWords } from "./commissions";

const TIERS = [
  { from_minor: 0, basis_points: 1000 },
  { from_minor: 500_000, basis_points: 1250 },
];

test("tiers are told as rates with the sum above which they count", () => {
  expect(tiersWords(TIERS, "USD")).toBe("10 %, 12.5 % above $5,000");
  expect(tiersWords([], "USD")).toBe("no commission");
});

test("tiers are read back as they were typed, with a comma or a point", () => {
  expect(tiersOf(draftsOf(TIERS, "USD"), "USD")).toEqual(TIERS);
  expect(tiersOf([{ percent: "12,5", above: "" }], "JPY")).toEqual([{ from_minor: 0, basis_points: 1250 }]);
});

test("tiers that are no rates, or do not rise, are refused in words", () => {
  const typed = (...each: [string, string][]) => each.map(([percent, above]) => ({ percent, above }));
  expect(tiersOf(typed(["101", ""]), "USD")).toMatch(/rate from 0 to 100/);
  expect(tiersOf(typed(["10", ""], ["20", "x"]), "USD")).toMatch(/amount/);
  expect(tiersOf(typed(["10", ""], ["20", "5"], ["30", "5"]), "USD")).toMatch(/above the one before/);
});
