import { expect, test } from "vitest";
import type { Channel } from "@/api/types";
import { answerWords } from "./readiness";

const next = { what: "send", at: null } as const;
const of = (channel: Channel, sends: boolean) => ({ channel, sends, next });

test("what goes out on one channel and waits on another is told of each", () => {
  expect(answerWords({ sends: true, channels: [of("email", true), of("sms", false)] })).toBe(
    "Partly: due messages by E-mail go out, due messages by SMS wait, for the reasons marked below.",
  );
  expect(answerWords({ sends: true, channels: [of("email", true), of("sms", true)] })).toMatch(/^Yes/);
  expect(answerWords({ sends: true, channels: [] })).toMatch(/^Yes/);
  expect(answerWords({ sends: false, channels: [of("email", false)] })).toMatch(/^No/);
});

test("an account that nobody has tried is no yes", () => {
  const account = (name: string, state: "untested" | "works" | "failing") => ({ id: name, name, state });
  const told = (...accounts: ReturnType<typeof account>[]) =>
    answerWords({ sends: true, channels: [of("email", true)], accounts });
  expect(told(account("Maya", "untested"))).toMatch(/^Not sure: Maya has not been tested yet/);
  expect(told(account("Maya", "works"), account("Ben", "failing"))).toMatch(/^Yes/);
  expect(answerWords({ sends: false, channels: [], accounts: [account("Maya", "untested")] })).toMatch(/^No/);
});
