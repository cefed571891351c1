// Leads that were changed here, with their revisions. A list may be two seconds behind; asked with these it shows one's own
// changes at once.
import { currentIdentity, onSessionChange } from "./session";

const MOST = 100;
const KEPT_MS = 120_000;
const LIST = "/api/leads";

const seen = new Map<string, { rev: number; at: number }>();

// What one user changed says nothing to the next.
onSessionChange(() => {
  if (!currentIdentity()) seen.clear();
});

interface Answer {
  id?: unknown;
  rev?: unknown;
  lead?: unknown;
  seen?: unknown;
}

function note(id: string, rev: number, now: number) {
  const known = seen.get(id);
  if (!id.startsWith("lead_") || !Number.isInteger(rev) || (known && known.rev > rev)) return;
  seen.delete(id);
  seen.set(id, { rev, at: now });
  for (const oldest of seen.keys()) {
    if (seen.size <= MOST) return;
    seen.delete(oldest);
  }
}

/** Reads what the answer to a change says of leads: a lead with its revision, or a list of `id:rev`. */
export function noteSeen(body: unknown, now = Date.now()): void {
  const answer = (body ?? {}) as Answer;
  if (typeof answer.id === "string" && typeof answer.rev === "number") note(answer.id, answer.rev, now);
  if (answer.lead && typeof answer.lead === "object") noteSeen(answer.lead, now);
  if (!Array.isArray(answer.seen)) return;
  for (const pair of answer.seen) {
    const [id = "", rev] = String(pair).split(":");
    note(id, Number(rev), now);
  }
}

/** A copy of the request; one for a list of leads names the leads that were changed here lately. */
export function withSeen(request: Request, now = Date.now()): Request {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.pathname !== LIST) return request.clone();
  for (const [id, { at }] of seen) if (now - at > KEPT_MS) seen.delete(id);
  if (seen.size === 0) return request.clone();
  url.searchParams.set("seen", [...seen].map(([id, { rev }]) => `${id}:${rev}`).join(","));
  return new Request(url, request);
}

/** Reads the answer to a request that changed leads. */
export async function hearChange(response: Response): Promise<void> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  noteSeen(body);
}
