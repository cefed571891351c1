import { expect, test } from "vitest";
import { figureWords, paceWords, projectedWords, reachedWords } from "./figures";

const HALF = { currency: "GBP", working_days: 21, days_over: 11 };
const OVER = { ...HALF, days_over: 21 };
const FIRST = { ...HALF, days_over: 0 };
const of = (actual: number, expected: number, target = 40) => ({ actual, expected, target, projected: 23 });

test("pace is told as what is missing or ahead, in the figure's own unit", () => {
  expect(paceWords("calls", of(12, 21), HALF)).toBe("9 behind pace");
  expect(paceWords("calls", of(22, 21), HALF)).toBe("1 ahead of pace");
  expect(paceWords("calls", of(21, 21), HALF)).toBe("on pace");
  expect(paceWords("collected", of(1_000, 21_000, 40_000), HALF)).toBe("£200 behind pace");
  expect(paceWords("collected", of(1_071, 21_000, 40_000), HALF)).toBe("£199 behind pace");
});

test("a target that is reached is told as such, and one that was not as what is short", () => {
  expect(paceWords("calls", of(40, 21), HALF)).toBe("reached");
  expect(paceWords("calls", of(37, 40), OVER)).toBe("3 short");
});

test("nothing is told without a target, or before the first working day is over", () => {
  expect(paceWords("calls", { actual: 12, target: null, expected: null, projected: 23 }, HALF)).toBeUndefined();
  expect(paceWords("calls", of(0, 0), FIRST)).toBeUndefined();
  expect(projectedWords("calls", of(12, 21), OVER)).toBeUndefined();
  expect(projectedWords("calls", of(12, 21), HALF)).toBe("about 23 at this pace");
});

test("figures are told with their target, and refunds with a minus", () => {
  expect(reachedWords("calls", of(12, 21), "GBP")).toBe("12 of 40");
  expect(reachedWords("won", { actual: 2, target: null, expected: null, projected: 3 }, "GBP")).toBe("2");
  expect(figureWords("collected", -5_000, "GBP")).toBe("−£50");
});
