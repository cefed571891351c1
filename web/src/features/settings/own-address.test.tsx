import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { changeIdentity, currentIdentity } from "@/api/session";
import type { Schema } from "@/api/types";
import { useIdentity } from "@/app/auth/use-session";
import { refusal, renderPage } from "@/test-page";
import { OwnAddress } from "./own-address";

const LINK = "POST /api/auth/address/link";

function Section() {
  const me = useIdentity();
  return me ? (
    <div>
      <p>Profile</p>
      <OwnAddress me={me} />
    </div>
  ) : null;
}

async function open(email_proof: Schema["EmailProof"], answers: Record<string, unknown> = {}) {
  const page = renderPage(Section, "/settings/profile", "/settings/profile", answers);
  const me = currentIdentity();
  if (me) changeIdentity({ user: { ...me.user, email_proof } });
  await screen.findByText("Profile");
  return page;
}

test("the link is mailed on request, and where to open it is told", async () => {
  const { sent } = await open("unproven", { [LINK]: new Response(null, { status: 202 }) });
  screen.getByText("Address not confirmed");
  fireEvent.click(screen.getByRole("button", { name: "Send the link" }));
  await screen.findByText(/on its way to maya@example.test/);
  screen.getByRole("button", { name: "Send it again" });
  expect(sent.map((one) => one.path)).toEqual(["/api/auth/address/link"]);
});

test("a refused link says why", async () => {
  const detail = "Too many requests. Try again in 40 minutes.";
  await open("unproven", { [LINK]: refusal(429, { code: "too_many_requests", detail, status: 429 }) });
  fireEvent.click(screen.getByRole("button", { name: "Send the link" }));
  expect((await screen.findByRole("alert")).textContent).toContain(detail);
  screen.getByRole("button", { name: "Send the link" });
});

test("without a sender there is nothing to press, and a confirmed address needs no row", async () => {
  await open("no_sender");
  screen.getByText(/has no sender of its own/);
  expect(screen.queryByRole("button")).toBeNull();
  const me = currentIdentity();
  if (me) changeIdentity({ user: { ...me.user, email_proof: "proven" } });
  await waitFor(() => expect(screen.queryByText("Address not confirmed")).toBeNull());
});
