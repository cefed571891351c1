import { expect, test } from "vitest";
import { monthAfter, monthWords } from "./months";

test("months go on over the end of a year", () => {
  expect(monthAfter("2026-12", 1)).toBe("2027-01");
  expect(monthAfter("2026-01", -1)).toBe("2025-12");
});

test("a month is told with its year", () => {
  expect(monthWords("2026-11")).toBe("November 2026");
});
