// What the shell shows on every page: what waits, and whether anything is being sent.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { SLOW_MS } from "@/api/query";
import { countedWaiting } from "@/app/waiting";

export interface SendingState {
  state: "running" | "stopping" | "stopped";
  since?: string | null;
  /** Of a stop: everything goes on by itself then. */
  until?: string | null;
}

export interface SendingOrder {
  stop: boolean;
  until?: string;
}

export const settingsQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) =>
    unwrap<{ sending: SendingState; default_zone: string }>(client.GET("/api/settings", { signal })),
  staleTime: 30_000,
  refetchInterval: (q: { state: { data?: { sending: SendingState } } }) =>
    q.state.data?.sending.state === "stopping" ? 3_000 : SLOW_MS * 2,
});

/** Pauses end by its clock. */
export const useWorkspaceZone = () => useQuery(settingsQuery).data?.default_zone;

export interface ShellStats {
  inbox_open: number;
  uncertain: number;
  today: { emails_sent: number; sms_sent: number; whatsapp_sent: number };
}

export const statsQuery = queryOptions({
  queryKey: ["dashboard", "stats"],
  queryFn: async ({ signal, client: cache }) =>
    countedWaiting(cache, await unwrap<ShellStats>(client.GET("/api/dashboard/stats", { signal }))),
  refetchInterval: SLOW_MS,
});

export interface PlaceBadge {
  n: number;
  dashed?: boolean;
  label: string;
}

/** Counts beside the rail's places, by path. */
export function useBadges(): Record<string, PlaceBadge | undefined> {
  const stats = useQuery(statsQuery).data;
  return {
    "/inbox": stats?.inbox_open ? { n: stats.inbox_open, label: "waiting" } : undefined,
    "/queue": stats?.uncertain ? { n: stats.uncertain, dashed: true, label: "uncertain" } : undefined,
  };
}

export function useSending() {
  const settings = useQuery(settingsQuery);
  const cache = useQueryClient();
  const change = useMutation({
    mutationFn: ({ stop, until }: SendingOrder) =>
      unwrap<SendingState>(client.POST("/api/settings/sending", { body: { action: stop ? "stop" : "start", until } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["settings"] }),
  });
  return { sending: settings.data?.sending, change };
}
