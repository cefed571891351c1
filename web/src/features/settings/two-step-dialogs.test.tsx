import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderPage } from "@/test-page";
import { RenewDialog } from "./two-step-dialogs";

const ASKED = { attempt: "sealed", challenge: "AAAA", host: "localhost", timeout: 1000 };
const PHONE = { id: "p1", name: "Maya's phone", added_at: "2026-11-18T08:02:00Z", used_at: null };

/** Opens the dialog for a login with these passkeys, in a browser whose device answers at once. */
function open(passkeys: object[]) {
  const part = new ArrayBuffer(1);
  const response = { clientDataJSON: part, authenticatorData: part, signature: part, userHandle: part };
  vi.stubGlobal("PublicKeyCredential", {});
  const get = async () => ({ id: "key", response });
  Object.defineProperty(navigator, "credentials", { configurable: true, value: { get } });
  return renderPage(() => <RenewDialog onClose={() => undefined} />, "/settings/profile", "/settings/profile", {
    "GET /api/auth/passkeys": { items: passkeys },
    "POST /api/auth/passkey/begin": ASKED,
    "POST /api/auth/totp/recovery-codes": { codes: ["aaaa-bbbb-cccc-ddd1"] },
  });
}

test("a passkey makes new recovery codes", async () => {
  const { sent } = open([PHONE]);
  fireEvent.click(await screen.findByRole("button", { name: "Use a passkey" }));
  await screen.findByText("aaaa-bbbb-cccc-ddd1");
  expect(sent.at(-1)?.body).toMatchObject({ passkey: { attempt: "sealed", credential: "key" } });
});

test("a login without passkeys is asked for a code alone", async () => {
  const { sent, cache } = open([]);
  await waitFor(() => expect(cache.getQueryData(["passkeys"])).toEqual({ items: [] }));
  expect(screen.queryByRole("button", { name: "Use a passkey" })).toBeNull();
  fireEvent.change(screen.getByLabelText("Code"), { target: { value: "123456" } });
  fireEvent.click(screen.getByRole("button", { name: "Make new codes" }));
  await screen.findByText("aaaa-bbbb-cccc-ddd1");
  expect(sent.at(-1)?.body).toEqual({ code: "123456" });
});
