// The code that was read to a phone of the user and is not entered yet. The server tells which one it expects.
import { client, unwrap } from "@/api/client";
import { serverNow } from "@/api/clock";
import { asProblem } from "@/api/errors";
import { currentIdentity } from "@/api/session";
import type { Schema } from "@/api/types";
import { changeIdentity, type Identity } from "@/app/auth/use-session";

export type PhoneCode = Schema["PhoneCodeView"];

/** The code that can still be entered. */
export function expectedCode({ phone_code: code }: Identity["user"]): PhoneCode | undefined {
  return code && Date.parse(code.expires_at) > serverNow() ? code : undefined;
}

export function expectCode(code: PhoneCode | null) {
  const now = currentIdentity();
  if (now) changeIdentity({ user: { ...now.user, phone_code: code } });
}

const digits = (phone: string) => phone.replace(/\D/g, "");

/** Has the phone rung, and a code read to it. */
export async function readCode(phone: string): Promise<PhoneCode> {
  const before = currentIdentity()?.user.phone_code?.expires_at;
  try {
    return await unwrap(client.POST("/api/calls/phone", { body: { phone } }));
  } catch (error) {
    const { status, code } = asProblem(error);
    // The answer may have been lost although the phone rings: a phone that takes a call may cut the page off.
    if (status >= 400 && status < 500 && code !== "code_read_just_now") throw error;
    const { user } = await unwrap(client.GET("/api/auth/me", {})).catch(() => Promise.reject(error));
    const expected = expectedCode(user);
    // The code may be of another number, which was called just before.
    if (!expected || expected.expires_at === before || digits(expected.phone) !== digits(phone)) throw error;
    return expected;
  }
}
