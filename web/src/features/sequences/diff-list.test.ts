import { expect, test } from "vitest";
import { civilDay } from "@/shared/lib/format";
import { stepName, value } from "./diff-list";
import { type Step, windowWords } from "./model";

const NAMES = new Map([["template_1", "Your booking page is ready"]]);
const mail = (more: object = {}): Step => ({
  id: "step_1",
  kind: "email",
  delay: { amount: 3, unit: "days" },
  subject: "",
  body: "Hello",
  ...more,
});

test("two follow-ups are told apart by their places, and by the version where it is another one", () => {
  expect(stepName(mail(), 1)).toBe("Step 2, E-mail: Same thread");
  expect(stepName(mail(), 2)).toBe("Step 3, E-mail: Same thread");
  expect(stepName(mail(), 2, 6)).toBe("Step 3 of version 6, E-mail: Same thread");
  expect(stepName(mail(), undefined)).toBe("E-mail: Same thread");
});

test("a template is called by its name", () => {
  expect(value(mail({ template: "template_1" }), "template", [], NAMES)).toBe("Your booking page is ready");
  expect(value(mail({ template: "template_9" }), "template", [], NAMES)).toBe("a template");
  expect(value(mail(), "template", [], NAMES)).toBe("written here");
});

test("days, tasks and variants say in words what they are", () => {
  expect(value(mail({ not_after: "2026-12-24" }), "not_after", [], NAMES)).toBe(civilDay("2026-12-24"));
  expect(value(mail(), "not_before", [], NAMES)).toBe("any day");
  const task = { ...mail(), kind: "task", task: "linkedin", title: "Look" } as Step;
  expect(value(task, "task", [], NAMES)).toBe("LinkedIn");
  const variants = [{ id: "v1", name: "short", subject: "Hi", body: "One", template: "template_1" }];
  expect(value(mail({ variants }), "variants", [], NAMES)).toBe("A short: Hi One (Your booking page is ready)");
  expect(value(mail({ variants }), "variant_words", [], NAMES)).toContain("Your booking page is ready");
  expect(value(mail(), "variants", [], NAMES)).toBe("none");
});

test("a field that nobody has a word for is shown as it is, not as nothing", () => {
  expect(value(mail({ retries: 3 }), "retries", [], NAMES)).toBe("3");
  expect(value(mail({ retries: 0 }), "retries", [], NAMES)).toBe("0");
  expect(value(mail(), "retries", [], NAMES)).toBe("nothing");
});

test("a window says its days, hours and what of holidays", () => {
  const week = { weekdays: [1, 2, 3], ranges: [{ start: 540, end: 1020 }] };
  expect(windowWords(week)).toBe("Mon–Wed 09:00–17:00, not on public holidays");
  expect(windowWords({ ...week, on_holidays: "send" })).toBe("Mon–Wed 09:00–17:00, also on public holidays");
});
