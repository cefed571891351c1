import { expect, test } from "vitest";
import type { EnrolmentView } from "@/api/types";
import { seenWords } from "./checks";
import { answerOf, isAnswered } from "./why";

const held = (more: Partial<EnrolmentView>) =>
  answerOf({ state: "held", step: 1, ...more } as EnrolmentView, () => "tomorrow");

test("of who lacks a value it says that they go on by themselves", () => {
  expect(held({ hold_reason: "missing_value" })).toBe("Held: missing value. It resumes once the value is filled in.");
  expect(held({ hold_reason: "mailbox", held_until: "2027-02-01T09:00:00Z" })).toBe(
    "Held: mailbox or number missing or unreachable. Checked again tomorrow.",
  );
});

test("what comes next is said once", () => {
  const at = "2027-02-01T09:00:00Z";
  const one = (more: Partial<EnrolmentView>) => ({ state: "scheduled", step: 1, ...more }) as EnrolmentView;
  expect(isAnswered(one({ due: at }), { what: "send", at: "2027-02-01T09:00:00.000Z" })).toBe(true);
  expect(isAnswered(one({ due: at }), { what: "send", at: "2027-02-02T09:00:00Z" })).toBe(false);
  expect(isAnswered(one({ state: "held", held_until: at }), { what: "look_again", at })).toBe(true);
  expect(isAnswered(one({ state: "held" }), { what: "await_person" })).toBe(false);
});

test("a check that lists channels says them in words, and other texts stay", () => {
  expect(seenWords("email, sms, whatsapp")).toBe("E-mail, SMS, WhatsApp");
  expect(seenWords("email of the lead is missing")).toBe("email of the lead is missing");
});
