import { expect, test } from "vitest";
import { dayOffProblems, dayOffWords, withDay } from "./calendar";

const eve = { date: "2026-12-24", name: "Christmas Eve", yearly: true };
const outing = { date: "2027-06-11", name: "Outing", yearly: false };

test("a day off reads as its date, and a yearly one without its year", () => {
  expect(dayOffWords(eve)).toMatch(/^(24 Dec|Dec 24), every year$/);
  expect(dayOffWords(outing)).toMatch(/Fri.*11.*2027/);
});

test("days are kept in order", () => {
  expect(withDay([outing], { ...eve, name: " Christmas Eve " })).toEqual([eve, outing]);
});

test("a day needs a date, a name and a place that is free", () => {
  expect(dayOffProblems([], { date: "", name: " ", yearly: false })).toEqual({
    date: "Choose a date.",
    name: "Enter a name for the day.",
  });
  expect(dayOffProblems([eve], { date: "2028-12-24", name: "Again", yearly: false })).toHaveProperty("date");
  expect(dayOffProblems([outing], { ...outing, date: "2028-06-11" })).toEqual({});
});
