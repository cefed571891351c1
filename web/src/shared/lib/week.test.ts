import { expect, test } from "vitest";
import { nextRange, timeToMinutes, weekProblem, weekWords } from "./week";

const DAYS = [1, 2, 3, 4, 5];
const day = { start: 540, end: 1020 };

test("a week reads as words", () => {
  expect(weekWords({ weekdays: DAYS, ranges: [day] })).toBe("Mon–Fri 09:00–17:00");
  expect(weekWords({ weekdays: [6, 1, 2, 4], ranges: [{ start: 0, end: 60 }] })).toBe("Mon, Tue, Thu, Sat 00:00–01:00");
  expect(weekWords({ weekdays: [5], ranges: [day, { start: 1320, end: 120 }] })).toBe("Fri 09:00–17:00, 22:00–02:00");
});

test("times are read strictly", () => {
  expect(timeToMinutes("09:30")).toBe(570);
  expect(timeToMinutes("25:00")).toBeUndefined();
  expect(timeToMinutes("9")).toBeUndefined();
});

test("a week that never opens or says a time twice is told so", () => {
  expect(weekProblem({ weekdays: DAYS, ranges: [day, { start: 1020, end: 1080 }] })).toBeUndefined();
  expect(weekProblem({ weekdays: [], ranges: [day] })).toMatch("one day");
  expect(weekProblem({ weekdays: DAYS, ranges: [] })).toMatch("at least one time range");
  expect(weekProblem({ weekdays: DAYS, ranges: [{ start: 60, end: 60 }] })).toMatch("at least one time range");
  expect(weekProblem({ weekdays: DAYS, ranges: [day, { start: 1000, end: 1080 }] })).toMatch("overlap");
  expect(weekProblem({ weekdays: DAYS, ranges: [day, { start: 1320, end: 600 }] })).toMatch("overlap");
});

test("more hours begin where there is room", () => {
  expect(nextRange([day])).toEqual({ start: 1020, end: 1080 });
  expect(nextRange([{ start: 540, end: 1440 }])).toEqual({ start: 0, end: 60 });
  expect(
    nextRange([
      { start: 545, end: 1010 },
      { start: 1080, end: 1035 - 1020 },
    ]),
  ).toEqual({ start: 60, end: 120 });
  expect(nextRange([{ start: 0, end: 1440 }])).toBeUndefined();
});
