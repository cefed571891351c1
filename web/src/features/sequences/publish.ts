// Versions at the API: what a change changes and for whom, patches, rollouts and how far they are.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Page } from "@/api/types";
import type { SendingWindow, SequenceView, Step } from "./model";

export interface StepDiff {
  id: string;
  change: "added" | "removed" | "changed" | "same";
  from?: number | null;
  to?: number | null;
  moved: boolean;
  fields: string[];
  before?: Step | null;
  after?: Step | null;
}

export interface Standing {
  campaign_id: string;
  campaign_name: string;
  version: number;
  step_id: string;
  step: Step;
  people: number;
  gone: boolean;
}

export interface DiffAnswer {
  since: number;
  version: number;
  diff: { steps: StepDiff[]; window_changed: boolean; unchanged: boolean; is_patch: boolean };
  people: Standing[];
  gone: Step[];
  campaigns: number;
  /** Who would be held for lack of a value on the newer version, of so many who were looked at. */
  lacking?: { looked_at: number; more: boolean; people: number; fields: Record<string, number> } | null;
}

export type PeopleChoice = "keep" | "next_step" | "now";

/** The id of a step, or out of the sequence. */
export type Mapping = Record<string, string | typeof EXIT>;
export const EXIT = "exit";

export interface Rollout {
  id: string;
  version: number;
  people: PeopleChoice;
  campaigns: number;
  ordered_at: string;
  finished_at?: string | null;
  by: string;
  under_way: number;
  moved: number;
  bound: number;
  exited: number;
}

export interface Version {
  version: number;
  steps: Step[];
  window: SendingWindow;
  made_at: string;
  made_by?: string | null;
  patches: { at: string; by?: string | null; before: Step[] }[];
  under_way: number;
}

export function useDiff(id: string | undefined) {
  return useMutation({
    mutationFn: (of: { version?: number; steps?: Step[]; window?: SendingWindow }) =>
      unwrap<DiffAnswer>(
        client.POST("/api/sequences/{id}/diff", {
          params: { path: { id: id ?? "" } },
          body: { ...of, lacking: true },
        }),
      ),
  });
}

export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["sequences", "versions", id],
    queryFn: ({ signal }) =>
      unwrap<Page<Version>>(client.GET("/api/sequences/{id}/versions", { params: { path: { id } }, signal })),
  });

export const rolloutsQuery = (id: string) =>
  queryOptions({
    queryKey: ["sequences", "rollouts", id],
    queryFn: ({ signal }) =>
      unwrap<Page<Rollout>>(client.GET("/api/sequences/{id}/rollouts", { params: { path: { id } }, signal })),
    refetchInterval: (q) => (q.state.data?.items.some((r) => !r.finished_at) ? 2_000 : false),
  });

export function usePublish(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ version, people, mapping }: { version: number; people: PeopleChoice; mapping: Mapping }) => {
      const targets = Object.entries(mapping).map(([from, to]) => [from, to === EXIT ? EXIT : { step: to }] as const);
      const body = { version, people, mapping: Object.fromEntries(targets) };
      return unwrap<Rollout>(client.POST("/api/sequences/{id}/rollouts", { params: { path: { id } }, body }));
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
      unwrap<SequenceView>(client.POST("/api/sequences/{id}/patches", { params: { path: { id } }, body })),
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
      unwrap<SequenceView>(client.POST("/api/sequences/{id}/clone", { params: { path: { id } }, body: {} })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["sequences"] }),
  });
}

/** Where a removed step's people go unless somebody chooses otherwise: the next step of theirs that is still there. */
export function defaultTarget(gone: Step, older: Step[], newer: Step[]): string {
  const below = older.slice(older.findIndex((s) => s.id === gone.id) + 1);
  return below.find((s) => newer.some((n) => n.id === s.id))?.id ?? EXIT;
}

/** Where a step stands, from 0, on this version; without one on the older of the two, else on the latest that has it. */
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
