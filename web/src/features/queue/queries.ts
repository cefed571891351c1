// The queues at the API: depth, dead letters, redrive.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS, SLOW_MS } from "@/api/query";
import type { Schema } from "@/api/types";

export type QueueView = Schema["QueueView"];

export type QueueName = Schema["QueueName"];

export type DeadLetterList = Schema["DeadLetterList"];

export const queuesQuery = queryOptions({
  queryKey: ["ops", "queues"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/ops/queues", { signal })),
  refetchInterval: LIVE_MS,
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
