import { expect, test } from "vitest";
import {
  arrivals,
  delayWords,
  draftProblems,
  errorsLeft,
  firstDraft,
  isDrawn,
  move,
  newStep,
  newStepId,
  type Step,
  withKind,
} from "./model";

const mail = (subject: string, body: string): Step => ({
  ...newStep("wait"),
  kind: "email",
  subject,
  body,
});

test("delays read as words", () => {
  expect(delayWords({ amount: 0, unit: "days" }, true)).toBe("Start");
  expect(delayWords({ amount: 1, unit: "working_days" }, false)).toBe("+1 working day");
});

test("a draft says what it lacks, by field", () => {
  expect(Object.keys(draftProblems(firstDraft()))).toEqual(["name", "steps[0].body", "steps[0].subject"]);
  const sound = {
    ...firstDraft(),
    name: "A",
    steps: [mail("Hi", "x"), mail("", "y")],
  };
  expect(draftProblems(sound)).toEqual({});
  expect(
    draftProblems({
      ...sound,
      steps: [withKind(mail("", "x"), "sms"), mail("", "y")],
    }),
  ).toHaveProperty(["steps[1].subject"]);
});

test("steps move", () => {
  expect(move(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
  expect(move(["a", "b"], 1, -1)).toEqual(["b", "a"]);
});

test("a branch leads down, and its targets know it", () => {
  const [yes, no] = [newStep("task"), newStep("end")];
  const steps: Step[] = [
    mail("Hi", "x"),
    { ...newStep("wait"), kind: "branch", condition: { if: "opened" }, yes: yes.id ?? "", no: no.id ?? "" },
    { ...yes, kind: "task", task: "call", title: "Ring" },
    no,
  ];
  const draft = { ...firstDraft(), name: "A", steps };
  expect(draftProblems(draft)).toEqual({});
  expect(arrivals(draft.steps, 3)).toEqual([{ answer: "No", from: 1 }]);
  expect(Object.keys(draftProblems({ ...draft, steps: move(draft.steps, 1, 3) }))).toEqual([
    "steps[3].yes",
    "steps[3].no",
  ]);
});

test("another kind keeps the place, the time and the words", () => {
  const first = mail("Hi", "Hello");
  const text = withKind(first, "sms");
  expect(text).toMatchObject({ id: first.id, delay: first.delay, kind: "sms", body: "Hello" });
  expect(text).not.toHaveProperty("subject");
  expect(newStepId()).toMatch(/^step_[0-9A-HJKMNP-TV-Z]{26}$/);
});

test("what was said of a step goes when it is changed, and of all steps when they change places", () => {
  const then = { ...firstDraft(), name: "A", steps: [mail("", ""), mail("", "")] };
  const errors = { name: "is taken", "steps[0].body": "is empty", "steps[1].variants[0].id": "is used twice" };
  const [first, second] = then.steps as [Step, Step];
  expect(
    errorsLeft(errors, then, { ...then, steps: [{ ...first, delay: { amount: 1, unit: "days" } }, second] }),
  ).toEqual({ name: "is taken", "steps[1].variants[0].id": "is used twice" });
  expect(errorsLeft(errors, then, { ...then, name: "B", steps: [second, first] })).toEqual({});
});

test("what no field shows is known", () => {
  expect(["name", "steps[0].body", "steps[2].variants[1].id", "window"].every(isDrawn)).toBe(true);
  expect(["rev", "steps[0].goal", "version"].some(isDrawn)).toBe(false);
});

test("a delay is at most a year, in whatever unit", () => {
  const of = (amount: number, unit: Step["delay"]["unit"]) =>
    draftProblems({ ...firstDraft(), name: "A", steps: [{ ...mail("Hi", "x"), delay: { amount, unit } }] });
  for (const [most, unit] of [
    [525_600, "minutes"],
    [8_760, "hours"],
    [365, "days"],
    [365, "working_days"],
  ] as const) {
    expect(of(most, unit)).toEqual({});
    expect(Object.keys(of(most + 1, unit))).toEqual(["steps[0].delay"]);
  }
});

test("only what can be left out has a last day", () => {
  const last = { ...mail("Hi", "x"), not_after: "2026-12-24" };
  const problems = (step: Step) => Object.keys(draftProblems({ ...firstDraft(), name: "A", steps: [step] }));
  for (const kind of ["email", "sms", "whatsapp", "task", "wait"] as const)
    expect(withKind(last, kind).not_after).toBe("2026-12-24");
  for (const kind of ["branch", "goal", "end"] as const) {
    expect(withKind(last, kind).not_after).toBeUndefined();
    expect(problems({ ...newStep(kind), not_after: "2026-12-24" })).toContain("steps[0].not_after");
  }
});
