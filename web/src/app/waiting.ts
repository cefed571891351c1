// How many conversations wait for an answer: the rail, Today and the inbox say one number, whichever of them asked last.
import type { QueryClient } from "@tanstack/react-query";
import type { Page } from "@/api/types";

const STATS = ["dashboard", "stats"];
const LIST = ["inbox", "list", "open"];
/** A list shows no more: only the figures know how many there are then. */
export const MOST_LISTED = 100;

/** The list was read: what the figures say follows it. */
export function listedWaiting<T extends Page<unknown>>(cache: QueryClient, page: T): T {
  const waiting = page.items.length;
  if (waiting < MOST_LISTED)
    cache.setQueryData<{ inbox_open: number }>(STATS, (stats) => stats && { ...stats, inbox_open: waiting });
  return page;
}

/** The figures were read: a list that is on the screen and says something else is read again. */
export function countedWaiting<T extends { inbox_open: number }>(cache: QueryClient, stats: T): T {
  const listed = cache.getQueryData<Page<unknown>>(LIST)?.items.length;
  if (listed !== undefined && listed < MOST_LISTED && listed !== stats.inbox_open)
    void cache.invalidateQueries({ queryKey: LIST });
  return stats;
}
