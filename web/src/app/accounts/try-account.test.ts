import { expect, test } from "vitest";
import { testWords } from "./try-account";

const works = { state: "works" as const };
const failing = (detail: string) => ({ state: "failing" as const, fault: "refused" as const, detail });

test("a test tells of sending and of reading apart", () => {
  expect(testWords("Maya", { sending_test: works })).toBe("Maya works: connected and logged in");
  expect(testWords("Maya", { sending_test: { state: "untested" } })).toContain("by sending a message");
  expect(testWords("Maya", { sending_test: works, reading_test: works })).toContain("its replies can be read");
  const switchedOff = failing("IMAP is switched off for this mailbox");
  expect(testWords("Maya", { sending_test: works, reading_test: switchedOff })).toBe(
    "Maya sends, but cannot be read by IMAP: IMAP is switched off for this mailbox",
  );
  expect(testWords("Maya", { sending_test: failing("535 no"), reading_test: works })).toContain(
    "does not send: 535 no",
  );
  const both = testWords("Maya", { sending_test: failing("535 no"), reading_test: switchedOff });
  expect(both).toContain("535 no");
  expect(both).toContain("switched off");
});
