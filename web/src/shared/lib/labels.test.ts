import { expect, test } from "vitest";
import { when, whenIn } from "./format";
import { untilWords } from "./labels";

const held_until = "2027-02-01T09:00:00Z";

test("what ends a hold is its time, or what has to happen", () => {
  expect(untilWords({ hold_reason: "mailbox", held_until }, undefined)).toBe(`Resumes ${when(held_until)}`);
  expect(untilWords({ hold_reason: "paused_by_user", held_until }, "Asia/Tokyo")).toBe(
    `Resumes ${whenIn("Asia/Tokyo", held_until)}`,
  );
  expect(untilWords({ hold_reason: "uncertain" }, undefined)).toBe("When delivery is confirmed or ruled out");
  expect(untilWords({ hold_reason: "paused_by_user" }, undefined)).toBe("When someone releases it");
});

test("who lacks a value waits for the value, and for nobody's word", () => {
  expect(untilWords({ hold_reason: "missing_value", held_until: null }, undefined)).toBe("When the value is filled in");
});
