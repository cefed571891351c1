import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { ApiProblem } from "@/api/errors";
import { refusal, renderPage } from "@/test-page";
import { proven } from "./proof";
import { ProofDialog } from "./proof-dialog";
import { goToProvider } from "./provider-sign-in";

const stale = new ApiProblem({ status: 403, code: "proof_needed", detail: "Confirm that it is you." });

/** Opens the dialog for a login that has these; each answer is refused. */
async function open(has: { on: boolean; since?: string; has_password: boolean }) {
  vi.stubGlobal("PublicKeyCredential", {});
  Object.defineProperty(navigator, "credentials", { configurable: true, value: {} });
  const answers = {
    "GET /api/auth/totp": { recovery_codes_left: 10, ...has },
    "POST /api/auth/confirm": refusal(422, { status: 422, code: "invalid_value", detail: "The field is wrong." }),
  };
  const page = renderPage(ProofDialog, "/settings/profile", "/settings/profile", answers);
  const asked = proven(() => Promise.reject(stale));
  asked.catch(() => undefined);
  await screen.findByRole("dialog", { name: "Confirm that it is you" });
  return { ...page, asked };
}

test("a login without a second step is asked for its password, and for nothing else", async () => {
  const { sent } = await open({ on: false, has_password: true });
  fireEvent.change(await screen.findByLabelText("Password"), { target: { value: "a long password" } });
  expect(screen.queryByLabelText("Code")).toBeNull();
  expect(screen.queryByRole("button", { name: "Use a passkey" })).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Continue" }));
  await waitFor(() => expect(sent.at(-1)?.body).toEqual({ password: "a long password" }));
});

test("a login with an app is asked for a code or a passkey, and not for its password", async () => {
  const { sent } = await open({ on: true, since: "2026-11-18T08:02:00Z", has_password: true });
  fireEvent.change(await screen.findByLabelText("Code"), { target: { value: "123456" } });
  expect(screen.queryByLabelText("Password")).toBeNull();
  screen.getByRole("button", { name: "Use a passkey" });
  fireEvent.click(screen.getByRole("button", { name: "Continue" }));
  await waitFor(() => expect(sent.at(-1)?.body).toEqual({ code: "123456" }));
});

test("a login with passkeys alone is asked for one, or for a recovery code", async () => {
  await open({ on: true, has_password: true });
  await screen.findByLabelText("Recovery code");
  screen.getByRole("button", { name: "Use a passkey" });
});

test("a login without password and second step is told to sign out and in again", async () => {
  const { sent, asked } = await open({ on: false, has_password: false });
  await screen.findByText("Sign out and sign in again: a sign-in counts.", { exact: false });
  fireEvent.click(screen.getByRole("button", { name: "Sign out" }));
  await expect(asked).rejects.toMatchObject({ code: "proof_needed" });
  await waitFor(() => expect(sent.at(-1)?.path).toBe("/api/auth/logout"));
});

test("the sign-in after that asks the provider to ask again, and the one after it does not", async () => {
  const assign = vi.spyOn(location, "assign").mockImplementation(() => undefined);
  const { asked } = await open({ on: false, has_password: false });
  fireEvent.click(await screen.findByRole("button", { name: "Sign out" }));
  await expect(asked).rejects.toMatchObject({ code: "proof_needed" });
  goToProvider("oidc", { what: "sign-in" });
  goToProvider("oidc", { what: "sign-in" });
  expect(assign.mock.calls).toEqual([["/api/auth/oidc/start?afresh=true"], ["/api/auth/oidc/start"]]);
});
