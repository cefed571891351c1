// The code that was read to a phone of the user and is not entered yet. The tab keeps it, since the device that rings may be
// the one that shows this page: a phone that takes a call may load the page anew.
import { client, unwrap } from "@/api/client";
import { serverNow } from "@/api/clock";
import type { Schema } from "@/api/types";

export type PhoneCode = Schema["PhoneCodeView"];

const place = (user: string) => `leadflow.phone-code:${user}`;

/** Has the phone rung, and a code read to it. */
export const readCode = (phone: string): Promise<PhoneCode> =>
  unwrap(client.POST("/api/calls/phone", { body: { phone } }));

export const keepCode = (user: string, code: PhoneCode) => sessionStorage.setItem(place(user), JSON.stringify(code));

export const forgetCode = (user: string) => sessionStorage.removeItem(place(user));

/** The code that can still be entered. */
export function keptCode(user: string): PhoneCode | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(place(user)) ?? "null") as PhoneCode | null;
    return kept && Date.parse(kept.expires_at) > serverNow() ? kept : undefined;
  } catch {
    return undefined;
  }
}
