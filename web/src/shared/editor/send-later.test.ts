import { expect, test } from "vitest";
import { momentOf } from "@/shared/forms/moment-choices";
import { usualMoments } from "./send-later";

const now = Date.parse("2026-11-17T10:00:00Z");

test("only what lies ahead, and not too far, is a time to send at", () => {
  expect(momentOf("", 90, now)).toBeUndefined();
  expect(momentOf("2026-11-16T10:00", 90, now)).toBeUndefined();
  expect(momentOf("2027-03-17T10:00", 90, now)).toBeUndefined();
  expect(momentOf("2026-11-19T10:00", 90, now)).toBe(new Date("2026-11-19T10:00").toISOString());
});

test("no moment is offered twice, and a morning is called by the day that it is on", () => {
  const labels = (today: string) => usualMoments(new Date(today)).map(([label]) => label);
  expect(labels("2026-11-17T10:00")).toEqual(["In an hour", "Tomorrow", "Friday", "In a week"]);
  // From a Friday, tomorrow and in three days are the same Monday.
  expect(labels("2026-11-20T10:00")).toEqual(["In an hour", "Monday", "In a week"]);
});
