// What the list shows: as its address has it, or as the saved view that the address names.
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { viewsQuery } from "@/app/segments/queries";
import { isViewAlone, type ListSearch, searchOf } from "./model";

export function useListSearch() {
  const asked: ListSearch = useSearch({ from: "/app/leads" });
  const views = useQuery(viewsQuery);
  const base = asked.view ? views.data?.items.find(({ id }) => id === asked.view) : undefined;
  const isAlone = isViewAlone(asked);
  const search = useMemo(
    () => (isAlone && base ? { ...searchOf(base), layout: asked.layout } : asked),
    [isAlone, base, asked],
  );
  return {
    search,
    /** The saved view that the list started from. */
    base,
    saved: views.data?.items ?? [],
    /** The address names a view alone, and what it holds is not known: not yet, or it is gone. */
    missing: isAlone && !base ? (views.data ? ("gone" as const) : ("unknown" as const)) : undefined,
    error: isAlone && !base ? views.error : undefined,
    retry: () => void views.refetch(),
  };
}
