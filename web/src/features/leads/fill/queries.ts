// Columns, runs and cells from the API. What moves is polled while a run is under way; a hidden page does not poll.
import { queryOptions, useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { client, unwrap } from "@/api/client";
import { LIVE_MS, SLOW_MS } from "@/api/query";
import type { Schema } from "@/api/types";
import type { Whom } from "@/app/enrol/queries";
import { type CellView, type ColumnView, isOver, type RunView } from "./model";

/** How often the shown cells are read while a run fills them. */
export const WATCH_MS = 1_000;
/** The leads whose cells are asked for together. */
export const BLOCK = 25;

export const columnsQuery = queryOptions({
  queryKey: ["columns", "list"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/columns", { signal })),
});

export const runsQuery = queryOptions({
  queryKey: ["columns", "runs"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/columns/runs", { signal })),
  refetchInterval: ({ state }) => (state.data?.items.some((run) => run.state === "running") ? LIVE_MS : SLOW_MS),
});

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ["columns", "runs", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/columns/runs/{id}", { params: { path: { id } }, signal })),
    refetchInterval: (query) => (query.state.data?.state === "running" ? WATCH_MS : false),
  });

/** The run that is shown: the named one, or else the newest over several leads that is not over. */
export function useRun(id: string | undefined) {
  const runs = useQuery(runsQuery);
  const newest = runs.data?.items.find((run) => !isOver(run) && run.total > 1)?.id;
  const shown = id ?? newest;
  const run = useQuery({ ...runQuery(shown ?? ""), enabled: !!shown });
  const known = run.data ?? runs.data?.items.find((other) => other.id === shown);
  const isPending = runs.isPending || (!!shown && !known && run.isPending);
  return { run: shown ? known : undefined, runs, isPending };
}

export const cellKey = (lead: string, column: string) => `${lead} ${column}`;

/** The cells of these leads, in blocks, so that scrolling asks only for what is new. */
export function useCells(blocks: string[][], isWatched: boolean): Map<string, CellView> {
  const results = useQueries({
    queries: blocks.map((leads) => ({
      queryKey: ["columns", "cells", leads],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        unwrap(client.GET("/api/columns/cells", { params: { query: { leads: leads.join(",") } }, signal })),
      refetchInterval: isWatched ? WATCH_MS : SLOW_MS,
      gcTime: 60_000,
    })),
  });
  const seen = results.map(({ dataUpdatedAt }) => dataUpdatedAt).join(" ");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the data changes with the time of its answer
  return useMemo(
    () =>
      new Map(results.flatMap(({ data }) => data?.items ?? []).map((cell) => [cellKey(cell.lead, cell.column), cell])),
    [seen, blocks],
  );
}

export const cellQuery = (column: string, lead: string) =>
  queryOptions({
    queryKey: ["columns", "cell", column, lead],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/columns/{id}/cells/{lead}", { params: { path: { id: column, lead } }, signal })),
    refetchInterval: (query) => (query.state.data?.state === "asked" ? WATCH_MS : SLOW_MS),
  });

export type RunMode = Pick<Schema["EstimateRequest"], "only_gaps" | "overwrite" | "again">;

const chosenOf = (whom: Whom) => ("ids" in whom ? { ids: whom.ids } : { filter: whom.filter, except: whom.except });

export const estimateQuery = (columns: string[], whom: Whom, mode: RunMode) =>
  queryOptions({
    queryKey: ["columns", "estimate", columns, whom, mode],
    queryFn: ({ signal }) =>
      unwrap(client.POST("/api/columns/estimate", { body: { columns, ...chosenOf(whom), ...mode }, signal })),
    enabled: columns.length > 0,
    staleTime: 30_000,
    retry: false,
  });

export function useStartRun() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { columns: string[]; whom: Whom; mode: RunMode; cap: number | null }) =>
      unwrap(
        client.POST("/api/columns/runs", {
          body: { columns: body.columns, ...body.whom, ...body.mode, cap: body.cap },
        }),
      ),
    onSuccess: (run) => keepRun(cache, run),
    onSettled: () => cache.invalidateQueries({ queryKey: ["columns", "runs"], exact: true }),
  });
}

const keepRun = (cache: ReturnType<typeof useQueryClient>, run: RunView) =>
  cache.setQueryData(["columns", "runs", run.id], run);

export type RunMove = "pause" | "resume" | "stop" | { cap: number | null };

export function useMoveRun() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, move }: { id: string; move: RunMove }) => {
      const params = { path: { id } };
      if (move === "pause") return unwrap(client.POST("/api/columns/runs/{id}/pause", { params }));
      if (move === "resume") return unwrap(client.POST("/api/columns/runs/{id}/resume", { params }));
      if (move === "stop") return unwrap(client.POST("/api/columns/runs/{id}/stop", { params }));
      return unwrap(client.POST("/api/columns/runs/{id}/cap", { params, body: move }));
    },
    onSuccess: (run) => keepRun(cache, run),
    onSettled: () => cache.invalidateQueries({ queryKey: ["columns"] }),
  });
}

export function useRunCell() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ column, lead }: { column: string; lead: string }) =>
      unwrap(client.POST("/api/columns/{id}/cells/{lead}/run", { params: { path: { id: column, lead } } })),
    onSuccess: (run) => keepRun(cache, run),
    onSettled: () => cache.invalidateQueries({ queryKey: ["columns"] }),
  });
}

export function useSaveColumn() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (
      change: { make: Schema["NewColumn"] } | { id: string; body: Schema["ColumnChanges"] },
    ): Promise<ColumnView> =>
      "make" in change
        ? unwrap(client.POST("/api/columns", { body: change.make }))
        : unwrap(client.PATCH("/api/columns/{id}", { params: { path: { id: change.id } }, body: change.body })),
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ["columns"] });
      void cache.invalidateQueries({ queryKey: ["fields"] });
    },
  });
}

export function useDeleteColumn() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE("/api/columns/{id}", { params: { path: { id } } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["columns"] }),
  });
}

export const previewColumn = (body: Schema["ColumnPreviewRequest"], signal?: AbortSignal) =>
  unwrap(client.POST("/api/columns/preview", { body, signal }));

/** What the month has cost; the settings' page shows the same. */
export const spendMonthQuery = queryOptions({
  queryKey: ["spend", "now"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/spend", { params: { query: {} }, signal })),
  refetchInterval: SLOW_MS,
});

/** Writes a value that a user typed into the field that a column fills. */
export function writeValue(lead: string, target: ColumnView["target"], value: string) {
  const next = value.trim() || null;
  const body = target.to === "custom_field" ? { custom: { [target.key]: next } } : { [target.field]: next };
  return unwrap(client.PATCH("/api/leads/{id}", { params: { path: { id: lead } }, body }));
}
