import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { changeIdentity, currentIdentity, endSession } from "@/api/session";
import { refusal, renderPage } from "@/test-page";
import { ConfirmAddress } from "./confirm-address";

const PROVE = "POST /api/auth/address";
const taken = () => new Response(null, { status: 204 });

beforeEach(() => {
  globalThis.location.hash = "";
});

function open(token: string, answers: Record<string, unknown>) {
  if (token) globalThis.location.hash = `#token=${token}`;
  const page = renderPage(ConfirmAddress, "/confirm-address", "/confirm-address", answers);
  const me = currentIdentity();
  if (me) changeIdentity({ user: { ...me.user, email_proof: "unproven" } });
  return page;
}

test("the link's token is shown to the server once, and the address is confirmed from then on", async () => {
  const { sent } = open("sealed", { [PROVE]: taken() });
  await screen.findByText("Address confirmed");
  expect(sent.filter((one) => one.method === "POST").map((one) => one.body)).toEqual([{ token: "sealed" }]);
  expect(currentIdentity()?.user.email_proof).toBe("proven");
});

test("a dead link leads to the profile, where a new one is asked for", async () => {
  const detail = "This link has expired, or is for another login.";
  open("late", { [PROVE]: refusal(410, { code: "link_dead", detail, status: 410 }) });
  expect((await screen.findByRole("alert")).textContent).toBe(detail);
  expect(screen.getByRole("link").getAttribute("href")).toBe("/settings/profile");
  expect(currentIdentity()?.user.email_proof).toBe("unproven");
});

test("a failure of the server is tried again with the same token", async () => {
  const answers = { [PROVE]: refusal(503, { code: "unavailable", detail: "Try again.", status: 503 }) };
  const { sent } = open("again", answers);
  const button = await screen.findByRole("button", { name: "Try again" });
  answers[PROVE] = taken();
  fireEvent.click(button);
  await screen.findByText("Address confirmed");
  expect(new Set(sent.map((one) => one.body.token))).toEqual(new Set(["again"]));
});

test("who is signed out signs in first, and the token is there when they are back", async () => {
  const { sent, go } = open("kept", { [PROVE]: taken() });
  endSession();
  const link = await screen.findByRole("link", { name: "Sign in" });
  expect(link.getAttribute("href")).toBe("/sign-in?next=%2Fconfirm-address");
  expect(sent.filter((one) => one.path === "/api/auth/address")).toEqual([]);
  globalThis.location.hash = "";
  go("/elsewhere");
  await screen.findByText("Elsewhere");
  const back = open("", { [PROVE]: taken() });
  await screen.findByText("Address confirmed");
  await waitFor(() => expect(back.sent.some((one) => one.body.token === "kept")).toBe(true));
});

test("a link without its token asks nothing", async () => {
  const { sent } = open("", {});
  await screen.findByText("This link is not whole");
  expect(sent).toEqual([]);
});
