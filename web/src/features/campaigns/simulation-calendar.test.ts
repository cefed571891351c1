import { expect, test } from "vitest";
import { weeksOf } from "./simulation-calendar";

test("whole weeks, the messages of all accounts together, and no limit where one has none", () => {
  const maya = { days: [{ day: "2027-01-06", messages: 40, allowed: 40 }] };
  const free = {
    days: [
      { day: "2027-01-06", messages: 2 },
      { day: "2027-01-11", messages: 3 },
    ],
  };
  const weeks = weeksOf([maya, free]);
  expect(weeks.map((week) => week.length)).toEqual([7, 7]);
  expect(weeks[0]?.[0]).toEqual({ day: "2027-01-04", messages: 0 });
  expect(weeks[0]?.[2]).toEqual({ day: "2027-01-06", messages: 42, allowed: undefined });
  expect(weeks[1]?.[0]?.messages).toBe(3);
  expect(weeksOf([maya])[0]?.[2]?.allowed).toBe(40);
  expect(weeksOf([])).toEqual([]);
});
