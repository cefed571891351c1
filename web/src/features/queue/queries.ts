// The queues: what waits, what failed for good, and putting it back.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS } from "@/api/query";

export interface QueueView {
  name: string;
  waiting: number;
  in_flight: number;
  delayed: number;
  oldest_age_seconds?: number | null;
  dead: number;
}

export interface DeadLetter {
  id: string;
  received_at?: string | null;
  attempts?: number | null;
  summary?: string | null;
  body?: string | null;
}

export const queuesQuery = queryOptions({
  queryKey: ["ops", "queues"],
  queryFn: ({ signal }) => unwrap<{ queues: QueueView[] }>(client.GET("/api/ops/queues", { signal })),
  refetchInterval: LIVE_MS,
});

export const deadQuery = (name: string) =>
  queryOptions({
    queryKey: ["ops", "dead", name],
    queryFn: ({ signal }) =>
      unwrap<{ items: DeadLetter[] }>(
        client.GET("/api/ops/queues/{name}/dead", { params: { path: { name } }, signal }),
      ),
  });

export interface PlannedDay {
  day: string;
  planned: number;
  sent: number;
}

export const plannedQuery = queryOptions({
  queryKey: ["ops", "planned"],
  queryFn: ({ signal }) => unwrap<{ days: PlannedDay[] }>(client.GET("/api/ops/planned", { signal })),
  refetchInterval: LIVE_MS * 2,
});

export function useRedrive() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (name: string) =>
      unwrap<{ moved?: number }>(client.POST("/api/ops/queues/{name}/redrive", { params: { path: { name } } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["ops"] }),
  });
}
