import { expect, test } from "vitest";
import { channelOf, isShared, sectionOf, sendersOf } from "./senders";

test("a sender is found by its channel, and what sends nothing by none", () => {
  expect(sendersOf("email")).toEqual(["smtp", "resend", "email_sender"]);
  expect(sendersOf("sms")).toEqual(["twilio", "sms_sender"]);
  expect(sendersOf("whatsapp").map(isShared)).toEqual([false, true]);
  expect(channelOf("inbound_email")).toBeUndefined();
  expect(channelOf("fax")).toBeUndefined();
  expect(sectionOf("resend")).toBe("mailboxes");
  expect(sectionOf("whatsapp")).toBe("numbers");
});
