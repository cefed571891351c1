// Today's figures, campaigns and waiting conversations.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS } from "@/api/query";
import type { Schema } from "@/api/types";
import { countedWaiting, listedWaiting, MOST_LISTED } from "@/app/waiting";

export type Counters = Schema["Figures"];

export type StatsView = Schema["DashboardStats"];

export type DayView = Schema["DayFigures"];

export const statsQuery = queryOptions({
  queryKey: ["dashboard", "stats"],
  queryFn: async ({ signal, client: cache }) =>
    countedWaiting(cache, await unwrap(client.GET("/api/dashboard/stats", { signal }))),
  refetchInterval: LIVE_MS,
});

export const daysQuery = queryOptions({
  queryKey: ["dashboard", "timeline"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/dashboard/timeline", { params: { query: { days: 14 } }, signal })),
  refetchInterval: LIVE_MS * 4,
});

export type CampaignSummary = Schema["CampaignSummary"];

export const summariesQuery = queryOptions({
  queryKey: ["dashboard", "campaigns"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/dashboard/campaigns", { signal })),
  refetchInterval: LIVE_MS * 2,
});

export type WaitingView = Schema["ConversationView"];

export const waitingQuery = queryOptions({
  queryKey: ["inbox", "list", "open"],
  queryFn: async ({ signal, client: cache }) => {
    const query = { folder: "open", limit: MOST_LISTED } as const;
    return listedWaiting(cache, await unwrap(client.GET("/api/inbox", { params: { query }, signal })));
  },
  refetchInterval: LIVE_MS,
});

export const hotQuery = queryOptions({
  queryKey: ["leads", "hot"],
  queryFn: ({ signal }) =>
    unwrap(
      client.GET("/api/leads", {
        params: { query: { temperature: "hot", sort: "score", order: "desc", limit: 6 } },
        signal,
      }),
    ),
  refetchInterval: LIVE_MS * 2,
});
