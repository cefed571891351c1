import { expect, test } from "vitest";
import { stopWords } from "./simulation-stops";

const stop = (more: object) =>
  ({ step: 1, version: 2, channel: "sms", reason: "mailbox", people: 3, ...more }) as never;

test("a step without an account names the step and what is missing for its channel", () => {
  const stops = [
    stop({}),
    stop({ step: 0, channel: "email", people: 1 }),
    stop({ reason: "missing_value", people: 2 }),
  ];
  expect(stopWords({ stops, would_be_held: {} })).toEqual([
    "3 leads stop at step 2: no SMS number connected",
    "1 lead stops at step 1: no mailbox connected",
    "2 leads stop at step 2: missing value",
  ]);
});

test("leads on several versions name the version of the step", () => {
  expect(stopWords({ stops: [stop({}), stop({ version: 3 })], would_be_held: {} })).toEqual([
    "3 leads stop at step 2 of version 2: no SMS number connected",
    "3 leads stop at step 2 of version 3: no SMS number connected",
  ]);
});

test("a simulation from before the steps were counted names the reasons alone", () => {
  expect(stopWords({ stops: [], would_be_held: { missing_value: 2 } })).toEqual([
    "2 leads stop at a message that cannot be sent: missing value",
  ]);
});
