import { expect, test } from "vitest";
import { shownInvitation } from "./invitations";
import type { OfferedInvitation } from "./queries";

const made = (why: OfferedInvitation["not_mailed_because"]) =>
  shownInvitation({
    name: "Ben",
    email: "ben@northquay.example",
    link: "https://app.example/invitation#token=made",
    mailed: !why,
    not_mailed_because: why,
  } as OfferedInvitation);

test("the note about an invitation says whether it was mailed, and why it was not", () => {
  expect(made(null).note).toBe(
    "An e-mail with this link is on its way to ben@northquay.example. You can also share it yourself.",
  );
  expect(made("no_sender").note).toContain("this installation has no sender of its own");
  expect(made("address_not_proven").note).toContain("your own address is not confirmed yet");
  for (const why of ["no_sender", "address_not_proven"] as const)
    expect(made(why).note).toContain("Share this link with Ben yourself.");
});
