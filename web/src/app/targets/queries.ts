// Targets: what the team and its members are to reach in a month, and what they have reached.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { live, SLOW_MS } from "@/api/query";
import type { Schema } from "@/api/types";

export type Targets = Schema["TargetsView"];
export type Progresses = Schema["TargetProgresses"];
export type Progress = Schema["TargetProgress"];
export type TargetsBody = Schema["TargetsBody"];

const targets = (month: string, signal: AbortSignal) =>
  unwrap(client.GET("/api/targets", { params: { query: { month } }, signal }));

export const targetsQuery = (month: string) =>
  queryOptions({
    queryKey: ["targets", month],
    queryFn: ({ signal }) => targets(month, signal),
    refetchInterval: live(SLOW_MS),
  });

const OWN_FRESH_MS = 5 * 60_000;

/** The month beside the user's work. The server counts it anew for each answer, so it is read seldom. */
export const ownTargetsQuery = (month: string) =>
  queryOptions({
    queryKey: ["own-targets", month],
    queryFn: ({ signal }) => targets(month, signal),
    staleTime: OWN_FRESH_MS,
    refetchInterval: 2 * OWN_FRESH_MS,
  });

const PAST_FRESH_MS = 10 * 60_000;

/** A month before the one that is shown: a change of it is not waited for. */
export const pastTargetsQuery = (month: string) =>
  queryOptions({
    queryKey: ["targets-past", month],
    queryFn: ({ signal }) => targets(month, signal),
    staleTime: PAST_FRESH_MS,
  });

export function useSetTargets(month: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: TargetsBody) =>
      unwrap(client.PUT("/api/targets/{month}", { params: { path: { month } }, body })),
    onSuccess: (saved) => {
      cache.setQueryData(targetsQuery(month).queryKey, saved);
      cache.setQueryData(ownTargetsQuery(month).queryKey, saved);
    },
    onError: () => cache.invalidateQueries({ queryKey: ["targets"] }),
  });
}
