import { expect, test } from "vitest";
import { enrolmentMarks, markLabels } from "./step-marks";

test("the line tells done, next and planned", () => {
  expect(enrolmentMarks({ state: "scheduled", step: 2, steps: 4 })).toEqual(["done", "done", "next", "planned"]);
  expect(enrolmentMarks({ state: "pending", step: 0, steps: 2 })).toEqual(["planned", "planned"]);
});

test("held and uncertain are not failed", () => {
  expect(enrolmentMarks({ state: "held", reason: "out_of_office", step: 1, steps: 2 })).toEqual(["done", "held"]);
  expect(enrolmentMarks({ state: "held", reason: "uncertain", step: 0, steps: 1 })).toEqual(["uncertain"]);
});

test("an ended line says how it ended, and what will not go out", () => {
  expect(enrolmentMarks({ state: "ended", reason: "replied", step: 2, steps: 4 })).toEqual([
    "done",
    "replied",
    "ended",
    "ended",
  ]);
  expect(enrolmentMarks({ state: "ended", reason: "won", step: 1, steps: 1 })).toEqual(["goal"]);
  expect(enrolmentMarks({ state: "ended", reason: "opted_out", step: 0, steps: 2 })).toEqual(["opted_out", "ended"]);
  expect(enrolmentMarks({ state: "ended", reason: "finished", step: 2, steps: 2 })).toEqual(["done", "done"]);
});

test("a step that was left out is no done step, and says why", () => {
  const line = [
    { kind: "email", state: "done" },
    { kind: "sms", state: "skipped", why: "other_way" },
    { kind: "email", state: "planned" },
  ] as const;
  const under = { step: 2, steps: 3, line: [...line] };
  const marks = enrolmentMarks({ state: "scheduled", ...under });
  expect(marks).toEqual(["done", "skipped", "next"]);
  expect(markLabels(marks, [...line])).toEqual([
    "E-mail: done",
    "SMS: skipped, the other branch was taken",
    "E-mail: next",
  ]);
  expect(enrolmentMarks({ state: "ended", reason: "replied", ...under })).toEqual(["replied", "skipped", "ended"]);
});
