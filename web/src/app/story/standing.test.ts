import { expect, test } from "vitest";
import { answerWords } from "./standing";

const next = { what: "send", at: null } as const;
const of = (channel: string, sends: boolean) => ({ channel, sends, next });

test("what goes out on one channel and waits on another is told of each", () => {
  expect(answerWords({ sends: true, channels: [of("email", true), of("sms", false)] })).toBe(
    "Partly: what is due by E-mail goes out, what is due by SMS waits, for the reasons marked below.",
  );
  expect(answerWords({ sends: true, channels: [of("email", true), of("sms", true)] })).toMatch(/^Yes/);
  expect(answerWords({ sends: true, channels: [] })).toMatch(/^Yes/);
  expect(answerWords({ sends: false, channels: [of("email", false)] })).toMatch(/^No/);
});
