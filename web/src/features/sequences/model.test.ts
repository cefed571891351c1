import { expect, test } from "vitest";
import { delayWords, draftProblems, FIRST_DRAFT, move, NEW_STEP, timeToMinutes, windowWords } from "./model";

test("windows and delays read as words", () => {
  expect(windowWords({ weekdays: [1, 2, 3, 4, 5], ranges: [{ start: 540, end: 1020 }] })).toBe("Mon–Fri 09:00–17:00");
  expect(windowWords({ weekdays: [6, 1, 2, 4], ranges: [{ start: 0, end: 60 }] })).toBe(
    "Mon, Tue, Thu, Sat 00:00–01:00",
  );
  expect(delayWords({ amount: 0, unit: "days" }, true)).toBe("Start");
  expect(delayWords({ amount: 1, unit: "working_days" }, false)).toBe("+1 working day");
});

test("a draft says what it lacks, by field", () => {
  expect(Object.keys(draftProblems(FIRST_DRAFT))).toEqual(["name", "steps[0].body", "steps[0].subject"]);
  const sound = {
    ...FIRST_DRAFT,
    name: "A",
    steps: [
      { ...NEW_STEP, subject: "Hi", body: "x" },
      { ...NEW_STEP, body: "y" },
    ],
  };
  expect(draftProblems(sound)).toEqual({});
  expect(
    draftProblems({
      ...sound,
      steps: [
        { ...NEW_STEP, channel: "sms" as const, body: "x" },
        { ...NEW_STEP, body: "y" },
      ],
    }),
  ).toHaveProperty(["steps[1].subject"]);
});

test("steps move, and times are read strictly", () => {
  expect(move(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
  expect(move(["a", "b"], 1, -1)).toEqual(["b", "a"]);
  expect(timeToMinutes("09:30")).toBe(570);
  expect(timeToMinutes("25:00")).toBeUndefined();
  expect(timeToMinutes("9")).toBeUndefined();
});
