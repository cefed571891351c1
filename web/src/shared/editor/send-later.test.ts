import { expect, test } from "vitest";
import { momentOf } from "@/shared/forms/moment-choices";
import { nextMorning } from "./send-later";

const now = Date.parse("2026-11-17T10:00:00Z");

test("only what lies ahead, and not too far, is a time to send at", () => {
  expect(momentOf("", 90, now)).toBeUndefined();
  expect(momentOf("2026-11-16T10:00", 90, now)).toBeUndefined();
  expect(momentOf("2027-03-17T10:00", 90, now)).toBeUndefined();
  expect(momentOf("2026-11-19T10:00", 90, now)).toBe(new Date("2026-11-19T10:00").toISOString());
});

test("the next morning is called by the day that it is on", () => {
  const label = (today: string) => nextMorning(new Date(today))[0];
  expect(["2026-11-19T10:00", "2026-11-22T10:00"].map(label)).toEqual(["Tomorrow morning", "Tomorrow morning"]);
  expect(["2026-11-20T10:00", "2026-11-21T10:00"].map(label)).toEqual(["Monday morning", "Monday morning"]);
});
