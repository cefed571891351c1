// The number of conversations that wait for a reply: the sidebar, Today and the inbox show one number, from the latest
// answer of any of them.
import type { QueryClient } from "@tanstack/react-query";
import type { Page } from "@/api/types";

const STATS = ["dashboard", "stats"];
const LIST = ["inbox", "list", "open"];
/** A list shows at most this many; only the figures know the rest. */
export const MOST_LISTED = 100;

/** After the list was read, the figures follow it. */
export function listedWaiting<T extends Page<unknown>>(cache: QueryClient, page: T): T {
  const waiting = page.items.length;
  if (waiting < MOST_LISTED)
    cache.setQueryData<{ inbox_open: number }>(STATS, (stats) => stats && { ...stats, inbox_open: waiting });
  return page;
}

/** After the figures were read, a list on the screen that disagrees is read again. */
export function countedWaiting<T extends { inbox_open: number }>(cache: QueryClient, stats: T): T {
  const listed = cache.getQueryData<Page<unknown>>(LIST)?.items.length;
  if (listed !== undefined && listed < MOST_LISTED && listed !== stats.inbox_open)
    void cache.invalidateQueries({ queryKey: LIST });
  return stats;
}
