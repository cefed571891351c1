// Today's figures, campaigns and who waits.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS } from "@/api/query";
import type { Channel, LeadRow, Page } from "@/api/types";
import { countedWaiting, listedWaiting, MOST_LISTED } from "@/app/waiting";

export type Counters = Partial<Record<string, number>>;

export interface StatsView {
  leads: number;
  hot_leads: number;
  mrr: { amount_minor: number; currency: string };
  clients: number;
  inbox_open: number;
  today: Counters;
  week: Counters;
  last_week: Counters;
  total?: Counters;
}

export interface DayView {
  date: string;
  counters: Counters;
}

export const statsQuery = queryOptions({
  queryKey: ["dashboard", "stats"],
  queryFn: async ({ signal, client: cache }) =>
    countedWaiting(cache, await unwrap<StatsView>(client.GET("/api/dashboard/stats", { signal }))),
  refetchInterval: LIVE_MS,
});

export const daysQuery = queryOptions({
  queryKey: ["dashboard", "timeline"],
  queryFn: ({ signal }) =>
    unwrap<{ days: DayView[] }>(client.GET("/api/dashboard/timeline", { params: { query: { days: 14 } }, signal })),
  refetchInterval: LIVE_MS * 4,
});

export interface CampaignSummary {
  id: string;
  name: string;
  state: string;
  counters: Counters;
}

export const summariesQuery = queryOptions({
  queryKey: ["dashboard", "campaigns"],
  queryFn: ({ signal }) => unwrap<{ items: CampaignSummary[] }>(client.GET("/api/dashboard/campaigns", { signal })),
  refetchInterval: LIVE_MS * 2,
});

export interface WaitingView {
  lead_id: string;
  lead_name: string;
  channel: Channel;
  last_at: string;
  snippet: string;
  kind?: string | null;
}

export const waitingQuery = queryOptions({
  queryKey: ["inbox", "list", "open"],
  queryFn: async ({ signal, client: cache }) => {
    const query = { folder: "open", limit: MOST_LISTED } as const;
    return listedWaiting(
      cache,
      await unwrap<Page<WaitingView>>(client.GET("/api/inbox", { params: { query }, signal })),
    );
  },
  refetchInterval: LIVE_MS,
});

export const hotQuery = queryOptions({
  queryKey: ["leads", "hot"],
  queryFn: ({ signal }) =>
    unwrap<Page<LeadRow>>(
      client.GET("/api/leads", {
        params: { query: { temperature: "hot", sort: "score", order: "desc", limit: 6 } },
        signal,
      }),
    ),
  refetchInterval: LIVE_MS * 2,
});
