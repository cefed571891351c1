import { expect, test } from "vitest";
import { knownLead, proposedLead } from "./new-lead";
import type { UnmatchedView } from "./queries";

const from = (more: Partial<UnmatchedView>) =>
  proposedLead({ channel: "email", from: "ann@two.example", from_name: "", ...more } as UnmatchedView);

test("a name in either order becomes first and last name", () => {
  expect(from({ from_name: "Ann Lund" })).toMatchObject({ first_name: "Ann", last_name: "Lund" });
  expect(from({ from_name: "Lund, Ann" })).toMatchObject({ first_name: "Ann", last_name: "Lund" });
  expect(from({ from_name: "Dr. Ann van der Berg" })).toMatchObject({ first_name: "Ann", last_name: "van der Berg" });
});

test("an address for a name is no name, and a number is a phone", () => {
  expect(from({ from_name: "ann@two.example" })).toMatchObject({ first_name: "", email: "ann@two.example" });
  expect(from({ channel: "sms", from: "+447400123456" })).toMatchObject({ email: "", phone: "+447400123456" });
  expect(from({ channel: "whatsapp", from: "DE.1234" })).toMatchObject({ email: "", phone: "" });
});

test("a refusal names the lead that has the address", () => {
  expect(knownLead([{ field: "email", detail: "belongs to another lead" }])).toBeUndefined();
  expect(knownLead([{ field: "lead_id", detail: "lead_1" }])).toBe("lead_1");
});
