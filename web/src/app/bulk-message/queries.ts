// Bulk messages at the API: preview, start, progress, cancel.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { serverNow } from "@/api/clock";
import { LIVE_MS } from "@/api/query";
import type { Schema } from "@/api/types";
import type { Whom } from "@/app/enrol/queries";

export type BulkMessage = Schema["BulkMessageView"];
export type BulkMessageCheck = Schema["BulkMessageCheck"];
export type Account = Schema["AccountView"];

export interface Words {
  channel: "email" | "sms";
  subject: string;
  body: string;
  /** The account for leads that know none of ours. */
  account?: string;
}

const bodyOf = (whom: Whom, words: Words) => ({
  ...whom,
  ...words,
  account: words.account || undefined,
});

export function useCheckBulkMessage() {
  return useMutation({
    mutationFn: ({ whom, words }: { whom: Whom; words: Words }) =>
      unwrap(client.POST("/api/emails/bulk/check", { body: bodyOf(whom, words) })),
  });
}

const key = ["bulk-messages"];

/** `once`: a repeated request with the same key starts it once. `at`: the planned time, if not now. */
export function useStartBulkMessage(once: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ whom, words, at }: { whom: Whom; words: Words; at?: string }) =>
      unwrap(
        client.POST("/api/emails/bulk", {
          body: { ...bodyOf(whom, words), send_at: at },
          headers: { "Idempotency-Key": once },
        }),
      ),
    onSettled: () => cache.invalidateQueries({ queryKey: key }),
  });
}

export function useCancelBulkMessage() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(client.POST("/api/emails/bulk/{id}/cancel", { params: { path: { id } } })),
    onSettled: () => cache.invalidateQueries({ queryKey: key }),
  });
}

/** Leads are still to be handled, or the delivery of some messages is not known yet. */
export const isUnderWay = (m: BulkMessage) =>
  !m.cancelled_at && (!m.finished_at || m.sent + m.failed + m.uncertain + m.cancelled < m.queued);

const MINUTE = 60_000;

/**
 * Polled often in its first hour, then once a minute: it may take days, and a lead that is deleted meanwhile is counted
 * nowhere.
 */
export const lookAgainAfter = (messages: BulkMessage[], now: number) => {
  const under = messages.filter(isUnderWay);
  if (!under.length) return false;
  return under.some((m) => now - Date.parse(m.send_at ?? m.created_at) < 60 * MINUTE) ? LIVE_MS : MINUTE;
};

export const bulkMessagesQuery = queryOptions({
  queryKey: key,
  queryFn: ({ signal }) => unwrap(client.GET("/api/emails/bulk", { signal })),
  refetchInterval: (q) => lookAgainAfter(q.state.data?.items ?? [], serverNow()),
});

export const sendersQuery = queryOptions({
  queryKey: ["accounts"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/settings/accounts", { signal })),
});
