// Today's figures, tasks, campaigns and who waits.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS } from "@/api/query";
import type { components } from "@/api/schema";
import type { Channel, LeadRow, Page } from "@/api/types";

export type Counters = Partial<Record<string, number>>;

export interface StatsView {
  leads: number;
  hot_leads: number;
  mrr: { amount_minor: number; currency: string };
  clients: number;
  today: Counters;
  week: Counters;
  last_week: Counters;
}

export interface DayView {
  date: string;
  counters: Counters;
}

export const statsQuery = queryOptions({
  queryKey: ["dashboard", "stats"],
  queryFn: ({ signal }) => unwrap<StatsView>(client.GET("/api/dashboard/stats", { signal })),
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

export interface TaskView {
  id: string;
  lead_id: string;
  lead_name: string;
  kind: "hot_lead" | "follow_up" | "resolve_uncertain" | "manual" | "call" | "linkedin" | "whatsapp";
  title: string;
  message_id?: string | null;
  body?: string;
  /** What opens the place where it is done: a number, a chat. */
  link?: string | null;
  /** Whose sequence waits for it. */
  campaign_id?: string | null;
  due_at: string;
}

export type TaskOutcome = components["schemas"]["TaskOutcome"];

export const tasksQuery = queryOptions({
  queryKey: ["tasks"],
  queryFn: ({ signal }) =>
    unwrap<Page<TaskView>>(client.GET("/api/tasks", { params: { query: { limit: 50 } }, signal })),
  refetchInterval: LIVE_MS * 2,
});

export function useTaskDone() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string; done: boolean; outcome?: TaskOutcome }) =>
      unwrap(client.PATCH("/api/tasks/{id}", { params: { path: { id } }, body })),
    onMutate: async ({ id, done }) => {
      await cache.cancelQueries({ queryKey: ["tasks"] });
      const before = cache.getQueryData<Page<TaskView>>(["tasks"]);
      if (before && done)
        cache.setQueryData<Page<TaskView>>(["tasks"], { ...before, items: before.items.filter((t) => t.id !== id) });
      return { before };
    },
    onError: (_e, _v, context) => cache.setQueryData(["tasks"], context?.before),
    onSettled: () => cache.invalidateQueries({ queryKey: ["tasks"] }),
  });
}

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
  queryFn: ({ signal }) =>
    unwrap<Page<WaitingView>>(client.GET("/api/inbox", { params: { query: { folder: "open", limit: 100 } }, signal })),
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
