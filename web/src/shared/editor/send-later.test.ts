import { expect, test } from "vitest";
import { momentOf } from "./send-later";

const now = Date.parse("2026-11-17T10:00:00Z");

test("only what lies ahead, and not too far, is a time to send at", () => {
  expect(momentOf("", now)).toBeUndefined();
  expect(momentOf("2026-11-16T10:00", now)).toBeUndefined();
  expect(momentOf("2027-03-17T10:00", now)).toBeUndefined();
  expect(momentOf("2026-11-19T10:00", now)).toBe(new Date("2026-11-19T10:00").toISOString());
});
