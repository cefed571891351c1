import { expect, test } from "vitest";
import { channelOf, sectionOf, sendersOf } from "./senders";

test("a sender is found by its channel, and what sends nothing by none", () => {
  expect(sendersOf("email")).toEqual(["smtp", "resend"]);
  expect(sendersOf("sms")).toEqual(["twilio"]);
  expect(channelOf("inbound_email")).toBeUndefined();
  expect(channelOf("fax")).toBeUndefined();
  expect(sectionOf("resend")).toBe("mailboxes");
  expect(sectionOf("whatsapp")).toBe("numbers");
});
