// Campaigns as every page may need them: their names, and changing many leads at once.
import { infiniteQueryOptions, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { client, unwrap } from "@/api/client";
import type { LeadFilter, Schema } from "@/api/types";

export const campaignsQuery = queryOptions({
  queryKey: ["campaigns", "list"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/campaigns", { signal })),
});

export const archivedQuery = queryOptions({
  queryKey: ["campaigns", "list", "archived"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/campaigns", { params: { query: { state: "archived" } }, signal })),
});

export function useCampaignNames(): Record<string, string> {
  const list = useQuery(campaignsQuery).data;
  return useMemo(() => Object.fromEntries((list?.items ?? []).map((c) => [c.id, c.name])), [list]);
}

export type { LeadFilter };

/**
 * Leads by id, or all that match a filter but a few; the server refuses when the number that matches, those few among
 * them, is another one by then.
 */
export type Whom = { ids: string[] } | { filter: LeadFilter; except: string[]; expected_count: number };

export type BulkAction = Schema["BulkAction"];

/** `undo`: each is a request of its own; together they restore what the leads had. */
export type BulkAnswer = Schema["BulkAnswer"];

export function useBulk() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ whom, action }: { whom: Whom; action: BulkAction }) =>
      unwrap(client.POST("/api/leads/bulk", { body: { ...whom, action } })),
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ["campaigns"] });
      void cache.invalidateQueries({ queryKey: ["leads"] });
    },
  });
}

export type EnrolAnswer = Schema["EnrolAnswer"];

const bodyOf = (whom: Whom) => ("ids" in whom ? { lead_ids: whom.ids } : whom);

/** Counts what would happen to the leads, by outcome; none is enrolled. */
export const enrolCheckQuery = (whom: Whom, campaign: string, missingValues: boolean) =>
  infiniteQueryOptions({
    queryKey: ["enrol-check", campaign, whom, missingValues],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: cursor, signal }) =>
      unwrap(
        client.POST("/api/campaigns/{id}/enrolments", {
          params: { path: { id: campaign } },
          body: { ...bodyOf(whom), with_missing_values: missingValues, check: true, cursor },
          signal,
        }),
      ),
    getNextPageParam: (answer) => answer.next_cursor ?? undefined,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });

/** The counts of all leads that were checked so far. */
export function lookedAt(answers: EnrolAnswer[]) {
  const people = new Map<Schema["EnrolOutcome"], number>();
  for (const { reason, people: n } of answers.flatMap((a) => a.left_out))
    people.set(reason, (people.get(reason) ?? 0) + n);
  return {
    matched: answers[0]?.matched ?? 0,
    looked_at: answers.reduce((sum, a) => sum + a.looked_at, 0),
    left_out: [...people].map(([reason, people]) => ({ reason, people })).sort((a, b) => b.people - a.people),
    skipped: answers.flatMap((a) => a.skipped),
    won: answers.reduce((sum, a) => sum + a.won, 0),
    lost: answers.reduce((sum, a) => sum + a.lost, 0),
  };
}

export type LookedAt = ReturnType<typeof lookedAt>;

/** Enrols leads in a campaign: a few at once, many in the background. */
export function useEnrol() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ whom, campaign, missingValues }: { whom: Whom; campaign: string; missingValues: boolean }) =>
      unwrap(
        client.POST("/api/campaigns/{id}/enrolments", {
          params: { path: { id: campaign } },
          body: { ...bodyOf(whom), with_missing_values: missingValues },
        }),
      ),
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ["campaigns"] });
      void cache.invalidateQueries({ queryKey: ["leads"] });
    },
  });
}
