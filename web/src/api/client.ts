// The only access to the API: token, one refresh on 401, idempotency keys, typed problems.
import createClient from "openapi-fetch";
import { hearTime } from "./clock";
import { problemFrom, unreachable } from "./errors";
import type { paths } from "./schema";
import { accessToken, endSession, refreshSession, storedRefreshToken } from "./session";

/** Fetched with the first change of a lead: who only reads does not need it. */
let seenLeads: typeof import("./seen-leads") | undefined;

async function hearChange(request: Request, response: Response) {
  if (request.method === "GET" || !response.ok || !new URL(request.url).pathname.startsWith("/api/leads")) return;
  seenLeads ??= await import("./seen-leads");
  await seenLeads.hearChange(response);
}

const OPEN =
  /^\/api\/auth\/(login|totp\/verify|passkey\/begin|passkey\/sign-in|providers|provider-sign-in|provider-sign-up|provider-invitation|signup|refresh|forgot|reset|invitation|invitation\/read)$/;

function stamped(request: Request, token: string | undefined): Request {
  const out = request.clone();
  if (token) out.headers.set("authorization", `Bearer ${token}`);
  return out;
}

/** `fetch` with the session: used by the client below, and directly for files. */
export async function sessionFetch(input: Request): Promise<Response> {
  const open = OPEN.test(new URL(input.url).pathname);
  const request = seenLeads?.withSeen(input) ?? input.clone();
  if (request.method === "POST" && !request.headers.has("idempotency-key")) {
    request.headers.set("idempotency-key", crypto.randomUUID());
  }
  request.headers.set("accept", request.headers.get("accept") ?? "application/json");
  const send = async (token: string | undefined) => {
    try {
      const response = await fetch(stamped(request, token));
      hearTime(response.headers.get("date"));
      return response;
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw unreachable();
    }
  };
  if (open) return send(undefined);
  const before = accessToken() ?? (storedRefreshToken() ? await refreshSession() : undefined);
  const response = await send(before);
  await hearChange(request, response);
  if (response.status !== 401) return response;
  const token = accessToken() !== before ? accessToken() : await refreshSession();
  if (!token) {
    endSession();
    return response;
  }
  const again = await send(token);
  await hearChange(request, again);
  return again;
}

export const client = createClient<paths>({ baseUrl: globalThis.location?.origin ?? "", fetch: sessionFetch });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Returns the data, or throws the typed problem. */
export async function unwrap<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw problemFrom(response, error);
  return data as T;
}
