// Unmatched messages at the API: the list, suggestions, and what a user decides about one.
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS, live } from "@/api/query";
import type { Schema } from "@/api/types";

export type UnmatchedView = Schema["UnmatchedView"];
export type SuggestedLead = Schema["SuggestedLead"];

const PAGE = 50;

export const unmatchedQuery = infiniteQueryOptions({
  queryKey: ["inbox", "list", "unmatched"],
  queryFn: ({ signal, pageParam }) =>
    unwrap(
      client.GET("/api/inbox/unmatched", {
        params: { query: { limit: PAGE, cursor: pageParam ?? undefined } },
        signal,
      }),
    ),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
  refetchInterval: live(LIVE_MS),
});

export const suggestionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["inbox", "suggestions", id],
    staleTime: 30_000,
    queryFn: ({ signal }) =>
      unwrap(
        client.GET("/api/inbox/unmatched/{unmatched_id}/suggestions", {
          params: { path: { unmatched_id: id } },
          signal,
        }),
      ),
  });

export function useUnmatchedMoves() {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: ["inbox"] });
  const path = (id: string) => ({ params: { path: { unmatched_id: id } } });
  const link = useMutation({
    mutationFn: ({ id, lead, learns }: { id: string; lead: string; learns: boolean }) =>
      unwrap(
        client.POST("/api/inbox/unmatched/{unmatched_id}/link", {
          ...path(id),
          body: { lead_id: lead, learns_address: learns },
        }),
      ),
    onSettled,
  });
  const dismiss = useMutation({
    mutationFn: (id: string) => unwrap(client.POST("/api/inbox/unmatched/{unmatched_id}/dismiss", path(id))),
    onSettled,
  });
  const restore = useMutation({
    mutationFn: (id: string) => unwrap(client.POST("/api/inbox/unmatched/{unmatched_id}/restore", path(id))),
    onSettled,
  });
  return { link, dismiss, restore };
}
