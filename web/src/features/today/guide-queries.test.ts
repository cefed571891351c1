import { expect, test } from "vitest";
import { signedBy } from "./guide-queries";

const settings = {
  ...({ kind: "smtp", host: "localhost", port: 1027, security: "none", username: "outbox" } as const),
  from_address: "outbox@sandbox.leadflow.test",
};

test("the sandbox mailbox bears the name of the user who connects it", () => {
  const offered = { name: "Sandbox mailbox", settings: { ...settings, from_name: "" } };
  expect(signedBy(offered, "Lena Vogt").settings).toMatchObject({ from_name: "Lena Vogt" });
  const named = { ...offered, settings: { ...settings, from_name: "Sales" } };
  expect(signedBy(named, "Lena Vogt")).toBe(named);
});
