// Handing over the leads of a member: which leads, to whom, and the requests that do it.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { BulkAction } from "@/app/enrol/queries";

/** The leads that one request changes; progress is shown after each. */
export const AT_ONCE = 200;

export type Receivers = { how: "one" | "share"; users: string[] } | { how: "route" };

export interface Part {
  ids: string[];
  action: BulkAction;
}

const inParts = (ids: string[], action: BulkAction): Part[] => {
  const parts: Part[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) parts.push({ ids: ids.slice(at, at + AT_ONCE), action });
  return parts;
};

/** The requests that give these leads of a member to others: in turn where there are several. */
export function partsOf(from: string, ids: string[], to: Receivers): Part[] {
  if (to.how === "route") return inParts(ids, { do: "route", from });
  return to.users.flatMap((owner, place) =>
    inParts(
      ids.filter((_, at) => at % to.users.length === place),
      { do: "assign", owner, from },
    ),
  );
}

const leadPage = (owner: string, stage: string, limit: number, cursor?: string) =>
  unwrap(client.GET("/api/leads", { params: { query: { owner, status: stage || undefined, limit, cursor } } }));

/** How many leads a member owns, in a stage or in all. */
export const ownedQuery = (owner: string, stage = "") =>
  queryOptions({
    queryKey: ["leads", "owned", owner, stage],
    queryFn: async () => (await leadPage(owner, stage, 1)).total ?? 0,
    gcTime: 0,
    staleTime: 0,
  });

export async function ownedIds(owner: string, stage: string): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await leadPage(owner, stage, 200, cursor);
    ids.push(...page.items.map((lead) => lead.id));
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return ids;
}

const send = (part: Part) => unwrap(client.POST("/api/leads/bulk", { body: part }));

export interface HandedOver {
  changed: number;
  /** Leads that stay with the member. */
  left: number;
  undo: Part[];
  /** Why not all parts were sent. */
  failed?: unknown;
}

/**
 * Sends the parts one after the other, until it is stopped; `told` hears how many leads are done. What is done before a
 * failure stays.
 */
export async function handOver(parts: Part[], told: (done: number) => void, stop: AbortSignal): Promise<HandedOver> {
  const sum: HandedOver = { changed: 0, left: 0, undo: [] };
  let done = 0;
  for (const part of parts) {
    if (stop.aborted) return sum;
    try {
      const answer = await send(part);
      sum.changed += answer.changed;
      sum.left += answer.skipped.length;
      sum.undo.push(...answer.undo);
    } catch (failed) {
      return { ...sum, failed };
    }
    done += part.ids.length;
    told(done);
  }
  return sum;
}

/** Gives the leads back. A part that is refused keeps no other from going back; the first refusal is thrown. */
export async function giveBack(undo: Part[]) {
  const refused: unknown[] = [];
  for (const part of undo) await send(part).catch((error) => refused.push(error));
  if (refused.length) throw refused[0];
}
