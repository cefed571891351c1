// Rows of a long server list, a window at a time: pages of 100 near the viewport, nothing else held.
import { type QueryKey, useQueries } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { PAGE, PageChain } from "./pages";

export interface CursorPage<T> {
  items: T[];
  next_cursor?: string | null;
  total?: number | null;
  /** The time up to which the list has what others changed, if it is behind. */
  as_of?: string | null;
}

export interface Rows<T> {
  /** Identifies the list: another filter or order is another list. */
  list: string;
  /** Rows to lay out: the known ones, and a few more while there may be some. */
  count: number;
  known: number;
  total?: number;
  /** The time up to which the list has what others changed, if it is behind. */
  asOf?: string;
  at: (index: number) => T | undefined;
  setWindow: (from: number, to: number) => void;
  loading: boolean;
  error: unknown;
  refetch: () => void;
}

export function useRows<T>(
  key: QueryKey,
  fetchPage: (cursor: string | undefined, limit: number, signal: AbortSignal) => Promise<CursorPage<T>>,
  options: { refetchInterval?: number | (() => number); enabled?: boolean } = {},
): Rows<T> {
  const id = JSON.stringify(key);
  const chains = useRef<{ id: string; chain: PageChain }>({ id, chain: new PageChain() });
  if (chains.current.id !== id) chains.current = { id, chain: new PageChain() };
  const chain = chains.current.chain;
  const [range, setRange] = useState({ id, from: 0, to: 40 });
  const view = range.id === id ? range : { from: 0, to: 40 };
  const [, redraw] = useState(0);

  const wanted = chain.wanted(view.from, view.to);
  const results = useQueries({
    queries: wanted.map((page) => ({
      queryKey: [...key, "page", page.cursor ?? ""],
      queryFn: ({ signal }: { signal: AbortSignal }) => fetchPage(page.cursor, PAGE, signal),
      gcTime: 60_000,
      refetchInterval: options.refetchInterval,
      enabled: options.enabled,
    })),
  });

  const byPage = new Map<number, CursorPage<T>>();
  let changed = false;
  results.forEach((result, i) => {
    const page = wanted[i];
    if (!page || !result.data) return;
    byPage.set(page.index, result.data);
    changed = chain.put(page.index, result.data.items.length, result.data.next_cursor ?? undefined) || changed;
  });
  useEffect(() => {
    if (changed) redraw((n) => n + 1);
  });

  const first = byPage.get(0);
  // What was told last stays while the window is at other pages, or at one that is not there yet.
  const told = useRef<{ id: string; total?: number; asOf?: string }>({ id });
  if (told.current.id !== id) told.current = { id };
  if (first) told.current.total = first.total ?? (chain.complete ? chain.known : undefined);
  const read = results.filter((result) => result.data);
  if (read.length) {
    const latest = read.reduce((a, b) => (b.dataUpdatedAt > a.dataUpdatedAt ? b : a));
    told.current.asOf = latest.data?.as_of ?? undefined;
  }

  const setWindow = useMemo(
    () => (from: number, to: number) =>
      setRange((old) =>
        old.id === id && Math.abs(old.from - from) < 10 && Math.abs(old.to - to) < 10 ? old : { id, from, to },
      ),
    [id],
  );

  return {
    list: id,
    count: chain.known + (chain.complete ? 0 : 12),
    known: chain.known,
    total: told.current.total,
    asOf: told.current.asOf,
    at(index) {
      const place = chain.locate(index);
      return place ? byPage.get(place.page)?.items[place.offset] : undefined;
    },
    setWindow,
    loading: chain.pages.length === 0 && results.some((r) => r.isPending),
    error: chain.pages.length === 0 ? results.find((r) => r.error)?.error : undefined,
    refetch: () => {
      for (const r of results) void r.refetch();
    },
  };
}
