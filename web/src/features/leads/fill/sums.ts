// What the cells of a list add up to: costs and sources by column. Lists up to a size are read whole; of longer ones, the
// first leads.
import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { client, unwrap } from "@/api/client";
import { SLOW_MS } from "@/api/query";
import type { LeadRow } from "@/api/types";
import type { Rows } from "@/shared/grid/use-rows";
import { fetchLeads, type LeadsView, leadsKey } from "../queries";
import type { CellView, RunView } from "./model";

/** The leads whose cells are added up at most. */
const MOST_SUMMED = 500;
const A_REQUEST = 100;
const WHILE_RUNNING_MS = 10_000;

export interface Sums {
  /** Whether the cells are there. */
  isRead: boolean;
  /** Whether these are the cells of all leads of the list. */
  isWhole: boolean;
  /** How many leads were looked at. */
  leads: number;
  cellsOf: (column: string) => CellView[];
  /** What the column's cells cost, in one run if that is given. */
  costOf: (column: string, run?: string) => number;
}

async function walk(view: LeadsView, signal: AbortSignal): Promise<LeadRow[]> {
  const rows: LeadRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await fetchLeads(view, cursor, A_REQUEST, signal);
    rows.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor && rows.length < MOST_SUMMED);
  return rows.slice(0, MOST_SUMMED);
}

/** The first leads of the list, as many as are added up. */
export const useFirstLeads = (view: LeadsView, isWanted: boolean): LeadRow[] | undefined =>
  useQuery({
    queryKey: ["columns", "leads", ...leadsKey(view)],
    queryFn: ({ signal }) => walk(view, signal),
    enabled: isWanted,
    staleTime: 60_000,
  }).data;

/** The leads for which the run has failed, as rows of a list. */
export function failedRows(rows: readonly LeadRow[] | undefined, sums: Sums, run: RunView): Rows<LeadRow> {
  const isFailed = ({ state, run: by }: CellView) => by === run.id && (state === "failed" || state === "answer_lost");
  const failed = new Set(
    run.columns.flatMap((column) =>
      sums
        .cellsOf(column)
        .filter(isFailed)
        .map(({ lead }) => lead),
    ),
  );
  const found = rows?.filter(({ id }) => failed.has(id)) ?? [];
  return {
    list: `failed ${run.id}`,
    count: found.length,
    known: found.length,
    total: found.length,
    at: (index) => found[index],
    setWindow: () => undefined,
    loading: !sums.isRead,
    error: undefined,
    refetch: () => undefined,
  };
}

/** `rows`: the first leads of the list; `total`: how many it has. */
export function useSums(rows: readonly LeadRow[] | undefined, total: number, isWatched: boolean): Sums {
  const asked = useMemo(() => rows?.map(({ id }) => id) ?? [], [rows]);
  const parts = useMemo(() => {
    const found: string[][] = [];
    for (let from = 0; from < asked.length; from += A_REQUEST) found.push(asked.slice(from, from + A_REQUEST));
    return found;
  }, [asked]);
  const results = useQueries({
    queries: parts.map((leads) => ({
      queryKey: ["columns", "cells", "sums", leads],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        unwrap(client.GET("/api/columns/cells", { params: { query: { leads: leads.join(",") } }, signal })),
      refetchInterval: isWatched ? WHILE_RUNNING_MS : SLOW_MS * 2,
    })),
  });
  const seen = results.map(({ dataUpdatedAt }) => dataUpdatedAt).join(" ");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the data changes with the time of its answer
  return useMemo(() => {
    const byColumn = new Map<string, CellView[]>();
    for (const cell of results.flatMap(({ data }) => data?.items ?? [])) {
      const cells = byColumn.get(cell.column);
      if (cells) cells.push(cell);
      else byColumn.set(cell.column, [cell]);
    }
    const cellsOf = (column: string) => byColumn.get(column) ?? [];
    const isRead = !!rows && results.every(({ data }) => !!data);
    return {
      isRead,
      isWhole: isRead && asked.length >= total,
      leads: asked.length,
      cellsOf,
      costOf: (column, run) =>
        cellsOf(column).reduce((sum, cell) => sum + (run && cell.run !== run ? 0 : cell.price), 0),
    };
  }, [seen, asked, total, rows]);
}
