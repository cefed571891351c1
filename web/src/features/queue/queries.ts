// The queues at the API: depth, dead letters, redrive.
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { asProblem } from "@/api/errors";
import { LIVE_MS, SLOW_MS } from "@/api/query";
import type { Schema } from "@/api/types";

export type QueueView = Schema["QueueView"];

export type QueueName = Schema["QueueName"];

export type DeadLetterList = Schema["DeadLetterList"];

/** `null`: the queues are those of all workspaces, and only the one that installed this looks into them. */
export const queuesQuery = queryOptions({
  queryKey: ["ops", "queues"],
  queryFn: async ({ signal }) => {
    try {
      return await unwrap(client.GET("/api/ops/queues", { signal }));
    } catch (error) {
      if (asProblem(error).status === 403) return null;
      throw error;
    }
  },
  refetchInterval: ({ state }) => (state.data === null ? false : LIVE_MS),
});

export type UncertainMessage = Schema["UncertainMessage"];

/** Messages of which nobody knows whether they were delivered, oldest first. */
export const uncertainQuery = infiniteQueryOptions({
  queryKey: ["uncertain"],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam: cursor, signal }) =>
    unwrap(client.GET("/api/emails/uncertain", { params: { query: { limit: 50, cursor } }, signal })),
  getNextPageParam: (page) => page.next_cursor ?? undefined,
  refetchInterval: SLOW_MS,
});

export type AccountView = Schema["AccountView"];

export const accountsQuery = queryOptions({
  queryKey: ["accounts"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/settings/accounts", { signal })),
  refetchInterval: SLOW_MS,
});

export const deadQuery = (queue: QueueName) =>
  queryOptions({
    queryKey: ["ops", "dead", queue],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/ops/queues/{queue}/dead-letters", { params: { path: { queue } }, signal })),
  });

export function useRedrive() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (queue: QueueName) =>
      unwrap(client.POST("/api/ops/queues/{queue}/redrive", { params: { path: { queue } } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["ops"] }),
  });
}
