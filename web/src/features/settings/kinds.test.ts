import { expect, test } from "vitest";
import { isShared } from "@/shared/lib/senders";
import { KINDS, kindOf, settingsFrom, shownFields, valuesFrom } from "./kinds";

test("form texts become the API's values, and back", () => {
  const smtp = {
    host: "mail.example",
    port: "587",
    security: "start_tls",
    username: "maya",
    from_address: "maya@a.example",
    from_name: "Maya",
    reply_to: "",
    "imap.host": "",
    "imap.port": "993",
    "imap.security": "tls",
    "imap.username": "",
    "imap.folder": "",
  };
  const made = settingsFrom("smtp", smtp);
  expect(made).toMatchObject({ kind: "smtp", port: 587 });
  expect(made).not.toHaveProperty("reply_to");
  expect(made).not.toHaveProperty("imap");
  expect(valuesFrom("smtp", made)).toEqual(smtp);
  const looked = { ...smtp, "imap.host": "imap.example", "imap.port": "143", "imap.security": "start_tls" };
  const seen = settingsFrom("smtp", looked);
  expect(seen).toMatchObject({ imap: { host: "imap.example", port: 143, security: "start_tls" } });
  expect(valuesFrom("smtp", seen)).toEqual(looked);
});

test("a mailbox by HTTP has its own fields and a key", () => {
  const resend = {
    from_address: "maya@a.example",
    from_name: "Maya",
    reply_to: "answers@a.example",
    base_url: "https://api.resend.com",
  };
  const made = settingsFrom("resend", resend);
  expect(made).toMatchObject({ kind: "resend", reply_to: "answers@a.example" });
  expect(valuesFrom("resend", made)).toEqual(resend);
  expect(KINDS.resend.secrets.map((s) => s.key)).toEqual(["api_key", "signing_secret"]);
});

test("lists and switches are read", () => {
  expect(settingsFrom("inbound_email", { addresses: "a@x.example, b@x.example" })).toMatchObject({
    addresses: ["a@x.example", "b@x.example"],
  });
  expect(settingsFrom("stripe", { account_id: "", livemode: "false" })).toEqual({ kind: "stripe", livemode: false });
});

test("inbound mail asks for what its provider needs", () => {
  const kind = KINDS.inbound_email;
  const asked = (values: Record<string, string>) => ({
    fields: shownFields(kind.fields, values).map((f) => f.key),
    secrets: kind.secrets.filter((s) => s.needed?.(values)).length,
  });
  expect(asked({ via: "mailgun" })).toEqual({ fields: ["via", "addresses"], secrets: 1 });
  expect(asked({ via: "ses" })).toEqual({ fields: ["via", "addresses", "topic_arn"], secrets: 0 });
  expect(asked({ via: "sendgrid" })).toEqual({ fields: ["via", "addresses", "public_keys"], secrets: 1 });
  expect(asked({ via: "sendgrid", public_keys: "MFkw" }).secrets).toBe(0);
  const topic_arn = "arn:aws:sns:eu-west-1:123456789012:mail";
  const ses = { via: "ses", addresses: "", topic_arn };
  expect(settingsFrom("inbound_email", ses)).toEqual({ kind: "inbound_email", via: "ses", addresses: [], topic_arn });
  const keys = settingsFrom("inbound_email", { via: "sendgrid", addresses: "", topic_arn, public_keys: "MFk=, MFl=" });
  expect(keys).toEqual({ kind: "inbound_email", via: "sendgrid", addresses: [], public_keys: ["MFk=", "MFl="] });
});

test("a sender of a shared kind asks for what its provider does", () => {
  const sender = { provider: "pigeon_post", kind: "sms_sender" as const, secrets: ["api_key"], fields: ["region"] };
  const kind = kindOf("sms_sender", sender);
  expect(kind.label).toBe("SMS number by Pigeon post");
  expect(kind.secrets).toEqual([{ key: "api_key", label: "API key" }]);
  const values = {
    provider: "pigeon_post",
    from_number: "+12025550142",
    base_url: "https://api.pigeons.example",
    account: "",
    "fields.region": "eu",
  };
  const made = settingsFrom("sms_sender", values, kind.fields);
  expect(made).toEqual({
    kind: "sms_sender",
    provider: "pigeon_post",
    from_number: "+12025550142",
    base_url: "https://api.pigeons.example",
    fields: { region: "eu" },
  });
  expect(valuesFrom("sms_sender", made, kind.fields)).toEqual(values);
});

test("a provider of data asks for its key, and its address is filled in", () => {
  const sender = {
    provider: "apollo",
    kind: "data_provider" as const,
    secrets: ["api_key"],
    fields: [],
    api_url: "https://api.apollo.io",
  };
  const kind = kindOf("data_provider", sender);
  expect(kind.label).toBe("Apollo");
  expect(kind.fields.map((f) => [f.key, f.initial])).toEqual([
    ["provider", "apollo"],
    ["base_url", "https://api.apollo.io"],
  ]);
  expect(kind.secrets).toEqual([{ key: "api_key", label: "API key" }]);
  const values = Object.fromEntries(kind.fields.map((f) => [f.key, f.initial]));
  expect(settingsFrom("data_provider", values, kind.fields)).toEqual({
    kind: "data_provider",
    provider: "apollo",
    base_url: "https://api.apollo.io",
  });
  const other = kindOf("data_provider", { ...sender, provider: "new_one" });
  expect(other.label).toBe("Data by New one");
});

test("every kind names its secret", () => {
  const own = Object.entries(KINDS).filter(([name]) => !isShared(name));
  for (const [, kind] of own) {
    expect(kind.secrets.length).toBeGreaterThan(0);
    for (const secret of kind.secrets) expect(secret.label).not.toBe("");
  }
});
