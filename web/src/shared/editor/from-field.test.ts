import { expect, test } from "vitest";
import type { Schema } from "@/api/types";
import { accountOf, type ChannelSenders, mustChoose, senderNote } from "./from-field";

const choice = (account: string, waits?: Schema["SenderWaits"]) => ({
  account,
  name: account,
  from: `${account}@northquay.example`,
  waits,
});
const senders: ChannelSenders = {
  channel: "email",
  account: "ben",
  gone: false,
  choices: [choice("anna"), choice("ben", "paused"), choice("cleo")],
};

test("a message leaves from the mailbox that the lead knows, until the user chooses another", () => {
  expect(accountOf(senders)).toBe("ben");
  expect(accountOf(senders, "cleo")).toBe("cleo");
  expect(accountOf(senders, "removed since")).toBe("ben");
  expect(senderNote(senders)).toContain("paused");
  expect(senderNote(senders, "cleo")).toBeUndefined();
  const full = { ...senders, choices: [choice("ben", "at_limit")] };
  expect(senderNote(full)).toContain("at its limit: the message waits");
});

test("nothing is sent before the user has chosen where the lead knows no mailbox or a removed one", () => {
  const none = { ...senders, account: null };
  expect(mustChoose(none)).toBe(true);
  expect(mustChoose(none, "anna")).toBe(false);
  expect(senderNote({ ...none, gone: true })).toContain("was removed");
  expect(mustChoose({ ...none, choices: [] })).toBe(false);
  expect(mustChoose(undefined)).toBe(false);
});
