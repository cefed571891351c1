import { expect, test } from "vitest";
import type { AccountView } from "@/app/accounts/queries";
import { launchedBy, unheardAmong } from "./launch-accounts";

const account = (id: string, kind: string, over: object = {}) =>
  ({ id, name: id, kind, enabled: true, state: "works", hears_replies: true, ...over }) as unknown as AccountView;

const campaign = { mailbox_ids: ["maya", "ben"], sms_sender_id: "texts", whatsapp_sender_id: null };
const all = [
  account("maya", "smtp"),
  account("ben", "smtp", { enabled: false }),
  account("other", "smtp", { hears_replies: false }),
  account("texts", "twilio"),
];

test("only the accounts of its own steps matter to a launch", () => {
  const ids = (channels: string[]) => launchedBy(campaign, channels, all).map((a) => a.id);
  expect(ids(["email", "wait"])).toEqual(["maya"]);
  expect(ids(["email", "sms"])).toEqual(["maya", "texts"]);
  expect(ids(["task"])).toEqual([]);
});

test("only a mailbox whose answers come in nowhere is unheard", () => {
  expect(unheardAmong(all).map((a) => a.id)).toEqual(["other"]);
  expect(unheardAmong([account("new", "smtp", { hears_replies: null })])).toEqual([]);
});
