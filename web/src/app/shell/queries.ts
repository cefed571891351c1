// Data that the shell shows on every page: waiting counts, and whether anything is being sent.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { SLOW_MS } from "@/api/query";
import type { Schema } from "@/api/types";
import { useSees } from "@/app/auth/use-sees";
import { countedWaiting } from "@/app/waiting";

export type SendingState = Schema["SendingView"];

export interface SendingOrder {
  stop: boolean;
  until?: string;
}

export const settingsQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/settings", { signal })),
  staleTime: 30_000,
  refetchInterval: (q: { state: { data?: { sending: SendingState } } }) =>
    q.state.data?.sending.state === "stopping" ? 3_000 : SLOW_MS * 2,
});

/** Pauses end in this time zone. */
export const useWorkspaceZone = () => useQuery(settingsQuery).data?.default_zone;

const statsQuery = queryOptions({
  queryKey: ["dashboard", "stats"],
  queryFn: async ({ signal, client: cache }) =>
    countedWaiting(cache, await unwrap(client.GET("/api/dashboard/stats", { signal }))),
  refetchInterval: SLOW_MS,
});

/** The workspace's figures. They are of all leads: the server refuses them to reps who see their own. */
export const useStats = () => useQuery({ ...statsQuery, enabled: useSees() !== "own" });

export interface PlaceBadge {
  n: number;
  dashed?: boolean;
  label: string;
}

/** Counts beside the sidebar's entries, by path. */
export function useBadges(): Record<string, PlaceBadge | undefined> {
  const stats = useStats().data;
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
      unwrap(client.POST("/api/settings/sending", { body: { action: stop ? "stop" : "start", until } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["settings"] }),
  });
  return { sending: settings.data?.sending, change };
}
