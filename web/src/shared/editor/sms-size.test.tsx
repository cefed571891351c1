import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { SmsSize } from "./sms-size";

const open = (text: string, prices: object) =>
  renderPage(() => <SmsSize text={text} />, "/sms", "/sms", {
    "GET /api/settings": { currency: "USD", prices },
  });

test("an SMS says its length, the messages that it takes and what it costs", async () => {
  open("a".repeat(161), { sms_segment_micros: 7900 });
  expect(await screen.findByText(/161 characters, 2 SMS, (US)?\$0\.0158/)).toBeTruthy();
});

test("which character makes it dearer is named, and no price is none, not nought", async () => {
  open("It’s", {});
  expect(await screen.findByText(/4 characters, 1 SMS, “’” halves the room, no price set/)).toBeTruthy();
});

test("where values are filled in later, the length is about right", async () => {
  open("Hi {{ first_name }}", {});
  expect(await screen.findByText(/^About \d+ characters before fields are filled in, 1 SMS/)).toBeTruthy();
});
