import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { renderPage } from "@/test-page";
import { PasskeyButton } from "./passkey-button";

const ASKED = { attempt: "sealed", challenge: "AAAA", host: "localhost", timeout: 1000 };

let answered: Array<CredentialRequestOptions & { signal?: AbortSignal }>;

beforeEach(() => {
  answered = [];
  vi.stubGlobal("PublicKeyCredential", { isConditionalMediationAvailable: async () => true });
  const get = (options: CredentialRequestOptions) => {
    answered.push(options);
    return new Promise(() => undefined);
  };
  Object.defineProperty(navigator, "credentials", { configurable: true, value: { get } });
});

/** Opens a page with the button, which a click on `Leave` closes. */
function open(begun: Promise<object>) {
  function Page() {
    const [isThere, setIsThere] = useState(true);
    return (
      <>
        {isThere ? <PasskeyButton label="Continue with a passkey" offers onDone={() => undefined} /> : null}
        <button type="button" onClick={() => setIsThere(false)}>
          Leave
        </button>
      </>
    );
  }
  return renderPage(Page, "/sign-in", "/sign-in", { "POST /api/auth/passkey/begin": begun });
}

test("an offer ends with its page", async () => {
  open(Promise.resolve(ASKED));
  await waitFor(() => expect(answered).toHaveLength(1));
  expect(answered[0]).toMatchObject({ mediation: "conditional", signal: { aborted: false } });
  fireEvent.click(screen.getByRole("button", { name: "Leave" }));
  expect(answered[0]?.signal?.aborted).toBe(true);
});

test("an offer that is being prepared when its page closes asks no device", async () => {
  let begin = (_: object) => {};
  const { sent } = open(new Promise((resolve) => (begin = resolve)));
  await waitFor(() => expect(sent).toHaveLength(1));
  fireEvent.click(screen.getByRole("button", { name: "Leave" }));
  await act(async () => begin(ASKED));
  await new Promise((resolve) => setTimeout(resolve));
  expect(answered).toEqual([]);
});

test("an offer that is being prepared gives way to the button", async () => {
  const waiting: Array<(asked: object) => void> = [];
  open(new Promise((resolve) => waiting.push(resolve)));
  fireEvent.click(await screen.findByRole("button", { name: "Continue with a passkey" }));
  await act(async () => waiting[0]?.(ASKED));
  await waitFor(() => expect(answered).toHaveLength(1));
  expect(answered[0]?.mediation).toBe("optional");
});
