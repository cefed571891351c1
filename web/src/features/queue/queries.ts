// The queues: what waits, what failed for good, and putting it back.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS, SLOW_MS } from "@/api/query";
import type { components } from "@/api/schema";
import type { Page } from "@/api/types";

export interface QueueView {
  name: QueueName;
  waiting: number;
  in_flight: number;
  delayed: number;
  dead: number;
}

export type QueueName = "imports" | "enrolments" | "enrichment" | "ai" | "send" | "inbound";

export interface DeadLetterList {
  items: { id: string; summary: string; body: string; attempts: number }[];
  others: number;
  total: number;
}

export const queuesQuery = queryOptions({
  queryKey: ["ops", "queues"],
  queryFn: ({ signal }) => unwrap<{ queues: QueueView[] }>(client.GET("/api/ops/queues", { signal })),
  refetchInterval: LIVE_MS,
});

export type AccountView = components["schemas"]["ConnectionView"];

export const accountsQuery = queryOptions({
  queryKey: ["connections"],
  queryFn: ({ signal }) => unwrap<Page<AccountView>>(client.GET("/api/settings/connections", { signal })),
  refetchInterval: SLOW_MS,
});

export const deadQuery = (queue: QueueName) =>
  queryOptions({
    queryKey: ["ops", "dead", queue],
    queryFn: ({ signal }) =>
      unwrap<DeadLetterList>(
        client.GET("/api/ops/queues/{queue}/dead-letters", { params: { path: { queue } }, signal }),
      ),
  });

export function useRedrive() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (queue: QueueName) =>
      unwrap<{ moved: number }>(client.POST("/api/ops/queues/{queue}/redrive", { params: { path: { queue } } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["ops"] }),
  });
}
