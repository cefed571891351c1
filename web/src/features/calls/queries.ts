// The queue of calls, the calls that were made, and their figures.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS, live } from "@/api/query";
import type { Schema } from "@/api/types";
import { readerZone } from "@/app/tasks/task-form";

export type QueueRow = Schema["CallQueueRow"];

export const queueQuery = queryOptions({
  queryKey: ["calls", "queue"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/calls/queue", { signal })),
  refetchInterval: live(LIVE_MS * 2),
});

export const callStatsQuery = queryOptions({
  queryKey: ["calls", "stats"],
  queryFn: ({ signal }) =>
    unwrap(client.GET("/api/calls/stats", { params: { query: { zone: readerZone() } }, signal })),
  refetchInterval: LIVE_MS * 4,
});

export type CallsOf = "mine" | "all";

export const callsQuery = (of: CallsOf) =>
  infiniteQueryOptions({
    queryKey: ["calls", "made", of],
    queryFn: ({ signal, pageParam }) => {
      const user = of === "mine" ? "me" : undefined;
      return unwrap(client.GET("/api/calls", { params: { query: { user, limit: 50, cursor: pageParam } }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
