// Passkeys: what the browser asks a device for, and what the device says, as the API takes it.
import { client, unwrap } from "@/api/client";
import { ApiProblem } from "@/api/errors";
import type { Schema } from "@/api/types";
import { beginSession } from "./use-session";

export type PasskeyRequest = Schema["PasskeyRequest"];
export type UsedPasskey = Schema["UsedPasskey"];

export const hasPasskeys = () => "PublicKeyCredential" in globalThis && "credentials" in navigator;

const toBytes = (text: string) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const toText = (bytes: ArrayBuffer) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const refusal = (code: string, detail: string) => new ApiProblem({ status: 0, code, detail });

/** The user closed the browser's dialog, or let it time out: nothing has gone wrong. */
export const isCancelled = (error: unknown) => error instanceof ApiProblem && error.code === "passkey_cancelled";

async function fromDevice<T extends AuthenticatorResponse>(asking: Promise<Credential | null>) {
  try {
    const credential = (await asking) as PublicKeyCredential | null;
    if (!credential) throw refusal("passkey_cancelled", "No passkey was chosen.");
    return { credential, response: credential.response as T };
  } catch (error) {
    if (error instanceof ApiProblem) throw error;
    const name = error instanceof DOMException ? error.name : "";
    if (name === "NotAllowedError" || name === "AbortError")
      throw refusal("passkey_cancelled", "No passkey was chosen.");
    if (name === "InvalidStateError")
      throw refusal("passkey_known", "This device has a passkey of your login already.");
    if (name === "SecurityError")
      throw refusal("passkey_address", "Passkeys do not work at this address. Open the app at its own address.");
    throw refusal("passkey_failed", "Your browser or device could not use a passkey.");
  }
}

/** The passkeys that the browser offers below a field. A browser has one question open at a time. */
let offer: AbortController | undefined;

export const stopOffering = () => offer?.abort();

/** Lets a device make a passkey. */
export async function makePasskey(asked: PasskeyRequest) {
  stopOffering();
  const publicKey: PublicKeyCredentialCreationOptions = {
    challenge: toBytes(asked.challenge),
    rp: { id: asked.host, name: "leadflow" },
    user: { id: toBytes(asked.user_handle), name: asked.email, displayName: asked.name },
    pubKeyCredParams: asked.key_kinds.map((alg) => ({ type: "public-key" as const, alg })),
    excludeCredentials: asked.known.map((id) => ({ type: "public-key" as const, id: toBytes(id) })),
    authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
    attestation: "none",
    timeout: asked.timeout,
  };
  const { response } = await fromDevice<AuthenticatorAttestationResponse>(navigator.credentials.create({ publicKey }));
  return {
    attempt: asked.attempt,
    client_data: toText(response.clientDataJSON),
    authenticator_data: toText(response.getAuthenticatorData()),
  };
}

/** Says whether an offer is over: the page that made it is closed, or asks for a passkey otherwise. */
export type OfferOver = () => boolean;

const whileOffered = (isOver: OfferOver | undefined) => {
  if (isOver?.()) throw refusal("passkey_cancelled", "No passkey was chosen.");
};

/**
 * Lets the user choose a passkey and its device sign. `offered` is for the sign-in page: the browser offers the passkeys below
 * the field of the address, and says nothing where there are none.
 */
export async function answerWithPasskey(offered?: OfferOver): Promise<UsedPasskey> {
  const asked = await unwrap(client.POST("/api/auth/passkey/begin", {}));
  whileOffered(offered);
  stopOffering();
  offer = offered ? new AbortController() : undefined;
  const { credential, response } = await fromDevice<AuthenticatorAssertionResponse>(
    navigator.credentials.get({
      publicKey: {
        challenge: toBytes(asked.challenge),
        rpId: asked.host,
        userVerification: "required",
        timeout: asked.timeout,
      },
      signal: offer?.signal,
      mediation: offered ? "conditional" : "optional",
    }),
  );
  return {
    attempt: asked.attempt,
    credential: credential.id,
    client_data: toText(response.clientDataJSON),
    authenticator_data: toText(response.authenticatorData),
    signature: toText(response.signature),
    user_handle: response.userHandle ? toText(response.userHandle) : "",
  };
}

/** Signs in by a passkey; with the token of a second step it is that step. */
export async function signInByPasskey({ token, offered }: { token?: string; offered?: OfferOver } = {}) {
  const passkey = await answerWithPasskey(offered);
  whileOffered(offered);
  const session = await unwrap(client.POST("/api/auth/passkey/sign-in", { body: { passkey, token } }));
  whileOffered(offered);
  await beginSession(session);
}
