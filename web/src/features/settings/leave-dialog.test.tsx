import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { useIdentity } from "@/app/auth/use-session";
import { renderPage } from "@/test-page";
import { LeaveDialog } from "./leave-dialog";

function Asked() {
  const me = useIdentity();
  return me ? <LeaveDialog me={me} onClose={() => undefined} /> : null;
}

test.each([
  ["an admin is told that their API keys and invitations end", "admin", true],
  ["a rep, who has none, is not", "rep", false],
] as const)("before leaving %s", async (_, role, told) => {
  renderPage(Asked, "/settings/profile", "/settings/profile", {}, role);
  const dialog = await screen.findByRole("dialog");
  expect(dialog.textContent?.includes("API keys of yours stop working, and your open invitations end.")).toBe(told);
});
