import { expect, test } from "vitest";
import { answersGoTo, isHeard } from "./hearing";
import type { AccountView } from "./queries";

const replies = (address: string, enabled = true) =>
  ({
    kind: "inbound_email",
    enabled,
    settings: { kind: "inbound_email", addresses: [address] },
  }) as unknown as AccountView;

const atResend = (secrets: string[], reply_to: string | null = null) =>
  ({
    kind: "resend",
    enabled: true,
    secrets,
    settings: { kind: "resend", from_address: "maya@b.example", reply_to },
  }) as unknown as AccountView;

test("a domain is heard where its mail comes in by Resend, once the webhook is set up", () => {
  expect(isHeard("a@b.example", [atResend(["api_key"])])).toBe(false);
  expect(isHeard("a@b.example", [atResend(["api_key", "signing_secret"])])).toBe(true);
  expect(isHeard("a@replies.b.example", [atResend(["signing_secret"])])).toBe(false);
  expect(isHeard("a@replies.b.example", [atResend(["signing_secret"], "maya@Replies.b.example")])).toBe(true);
});

test("answers go to the address for answers, else to the mailbox itself", () => {
  expect(answersGoTo({ from_address: "Maya@Northquay.example", reply_to: " " })).toBe("maya@northquay.example");
  expect(answersGoTo({ from_address: "a@b.example", reply_to: "replies@b.example" })).toBe("replies@b.example");
  expect(answersGoTo({})).toBeUndefined();
});

test("an address is heard where its mail comes in by an account that is on", () => {
  expect(isHeard("a@b.example", [])).toBe(false);
  expect(isHeard("a@b.example", [replies("A@b.example")])).toBe(true);
  expect(isHeard("a@b.example", [replies("a@b.example", false), replies("c@b.example")])).toBe(false);
});
