// Versions at the API: the effects of a change, patches, rollouts and their progress.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import type { SendingWindow, Step } from "./model";

export type StepDiff = Schema["StepDiffView"];

export type Standing = Schema["StandingView"];

export type DiffAnswer = Schema["DiffAnswer"];

export type PeopleChoice = Schema["People"];

/** The id of a step, or the exit from the sequence. */
export type Mapping = Record<string, string | typeof EXIT>;
export const EXIT = "exit";

export type Rollout = Schema["RolloutView"];

export type Version = Schema["VersionView"];

export function useDiff(id: string | undefined) {
  return useMutation({
    mutationFn: (of: { version?: number; steps?: Step[]; window?: SendingWindow }) =>
      unwrap(
        client.POST("/api/sequences/{id}/diff", {
          params: { path: { id: id ?? "" } },
          body: { ...of, missing_values: true },
        }),
      ),
  });
}

export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["sequences", "versions", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/sequences/{id}/versions", { params: { path: { id } }, signal })),
  });

export const rolloutsQuery = (id: string) =>
  queryOptions({
    queryKey: ["sequences", "rollouts", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/sequences/{id}/rollouts", { params: { path: { id } }, signal })),
    refetchInterval: (q) => (q.state.data?.items.some((r) => !r.finished_at) ? 2_000 : false),
  });

export function usePublish(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ version, people, mapping }: { version: number; people: PeopleChoice; mapping: Mapping }) => {
      const targets = Object.entries(mapping).map(([from, to]) => [from, to === EXIT ? EXIT : { step: to }] as const);
      const body = { version, people, mapping: Object.fromEntries(targets) };
      return unwrap(client.POST("/api/sequences/{id}/rollouts", { params: { path: { id } }, body }));
    },
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ["sequences"] });
      void cache.invalidateQueries({ queryKey: ["campaigns"] });
    },
  });
}

export function usePatchWords(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { steps: Step[]; rev?: number }) =>
      unwrap(client.POST("/api/sequences/{id}/patches", { params: { path: { id } }, body })),
    onSuccess: (made) => {
      cache.setQueryData(["sequences", "one", id], made);
    },
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ["sequences"] });
    },
  });
}

export function useCloneSequence() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(client.POST("/api/sequences/{id}/clone", { params: { path: { id } }, body: {} })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["sequences"] }),
  });
}

/** The default destination for leads of a removed step: their next step that still exists. */
export function defaultTarget(gone: Step, older: Step[], newer: Step[]): string {
  const below = older.slice(older.findIndex((s) => s.id === gone.id) + 1);
  return below.find((s) => newer.some((n) => n.id === s.id))?.id ?? EXIT;
}

/**
 * The step's position, from 0, on this version; without one on the older of the two, else on the latest that has it.
 */
export function placeOf(
  answer: DiffAnswer,
  versions: Version[],
  step: string | null | undefined,
  version?: number,
): { place: number; version: number } | undefined {
  const older = answer.diff.steps.filter((s) => s.before).sort((a, b) => (a.from ?? 0) - (b.from ?? 0));
  const known = [{ version: answer.since, steps: older as { id?: string | null }[] }, ...versions];
  for (const one of known) {
    const place = one.steps.findIndex((s) => s.id === step);
    if (place >= 0 && (version === undefined || version === one.version)) return { place, version: one.version };
  }
  return undefined;
}
