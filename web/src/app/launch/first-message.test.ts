import { expect, test } from "vitest";
import { firstMessageWords } from "./first-message";

test("the first message is named with its channel and time", () => {
  expect(firstMessageWords({ at: "2030-01-08T09:05:00", channel: "email" })).toMatch(/^First e-mail: .* 09:05$/);
  expect(firstMessageWords({ at: "2030-01-08T09:05:00", channel: "sms" })).toMatch(/^First SMS: /);
});

test("where nothing goes out, the reason is named instead of a time", () => {
  const first = { at: "2030-01-08T09:05:00", channel: "email" as const };
  expect(firstMessageWords(first, "all sending is stopped")).toBe("Nothing goes out for now: all sending is stopped");
  expect(firstMessageWords(null)).toBe("No enrolled lead gets a message yet");
});
