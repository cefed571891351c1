import { expect, test } from "vitest";
import { offers, senderOf } from "./offers";
import type { AccountView, SenderView } from "./queries";

const PIGEONS: SenderView = { provider: "pigeon_post", kind: "sms_sender", secrets: ["api_key"], fields: [] };
const account = (provider: string) => ({ kind: "sms_sender", settings: { provider } }) as unknown as AccountView;

test("a shared kind is offered once a provider, and not at all without one", () => {
  expect(offers(["twilio", "sms_sender"], [], [])).toEqual([{ kind: "twilio" }]);
  const both = offers(["twilio", "sms_sender", "whatsapp_sender"], [PIGEONS], [account("pigeon_post")]);
  expect(both).toEqual([{ kind: "twilio" }, { kind: "sms_sender", sender: PIGEONS }]);
});

test("an account stays in sight when its provider is known no more", () => {
  const gone = account("gone");
  expect(offers(["sms_sender"], [PIGEONS], [gone]).map((o) => o.sender?.provider)).toEqual(["pigeon_post", "gone"]);
  expect(senderOf(gone, [PIGEONS])).toEqual({ provider: "gone", kind: "sms_sender", secrets: [], fields: [] });
  expect(senderOf({ ...gone, kind: "twilio" }, [PIGEONS])).toBeUndefined();
});
