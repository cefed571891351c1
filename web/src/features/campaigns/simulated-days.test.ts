import { expect, test } from "vitest";
import { spansOf, weeksOf } from "./simulated-days";

const load = (channel: "email" | "sms", ...days: [string, number, number?][]) => ({
  channel,
  days: days.map(([day, messages, allowed]) => ({ day, messages, allowed })),
});

test("whole weeks, the messages of all accounts together, and no limit where one has none", () => {
  const maya = load("email", ["2027-01-06", 40, 40]);
  const free = load("email", ["2027-01-06", 2], ["2027-01-11", 3]);
  const weeks = weeksOf([maya, free]);
  expect(weeks.map((week) => week.length)).toEqual([7, 7]);
  expect(weeks[0]?.[0]).toEqual({ day: "2027-01-04", messages: 0 });
  expect(weeks[0]?.[2]).toEqual({ day: "2027-01-06", messages: 42, allowed: undefined });
  expect(weeks[1]?.[0]?.messages).toBe(3);
  expect(weeksOf([maya])[0]?.[2]?.allowed).toBe(40);
  expect(weeksOf([])).toEqual([]);
});

test("each day is measured by the limits of all accounts, also of those that send nothing on it", () => {
  const maya = load("email", ["2027-01-05", 20, 20], ["2027-01-07", 30, 30]);
  const ben = load("email", ["2027-01-06", 5, 10]);
  const days = weeksOf([maya, ben])[0] ?? [];
  expect(days.map((d) => d.allowed)).toEqual([undefined, 30, 30, 40, undefined, undefined, undefined]);
});

test("limits of several channels are not added up", () => {
  const weeks = weeksOf([load("email", ["2027-01-05", 20, 20]), load("sms", ["2027-01-05", 4, 50])]);
  expect(weeks[0]?.[1]).toEqual({ day: "2027-01-05", messages: 24, allowed: undefined });
});

test("days without messages have their place on the axis of time", () => {
  const { unit, spans } = spansOf(load("email", ["2027-01-08", 3], ["2027-01-11", 2]).days);
  expect(unit).toBe("day");
  expect(spans.map((s) => [s.day.slice(8), s.messages])).toEqual([
    ["08", 3],
    ["09", 0],
    ["10", 0],
    ["11", 2],
  ]);
  expect(spansOf([])).toEqual({ unit: "day", spans: [] });
});

test("beyond thirty days they are told by the week", () => {
  expect(spansOf(load("email", ["2027-01-01", 1], ["2027-01-30", 1]).days).unit).toBe("day");
  const { unit, spans } = spansOf(load("email", ["2027-01-01", 1], ["2027-01-03", 2], ["2027-01-31", 4]).days);
  expect(unit).toBe("week");
  expect(spans).toEqual([
    { day: "2026-12-28", messages: 3 },
    { day: "2027-01-04", messages: 0 },
    { day: "2027-01-11", messages: 0 },
    { day: "2027-01-18", messages: 0 },
    { day: "2027-01-25", messages: 4 },
  ]);
});
