// A list that is refreshed but does not move under the reader: new items wait until they are asked for.
import { useEffect, useState } from "react";

export interface Steady<T> {
  items: T[];
  /** The number of items that are new, or would move. */
  fresh: number;
  /** Shows the waiting items, in their order. */
  take: () => void;
}

/** The items that were shown before, in the order they had then and with their present values; the others wait. */
export function inOrder<T>(items: readonly T[], order: readonly string[], id: (item: T) => string): T[] {
  const byId = new Map(items.map((item) => [id(item), item]));
  return order.flatMap((known) => {
    const item = byId.get(known);
    return item ? [item] : [];
  });
}

/**
 * `list` identifies the list: another one is shown at once. `isFresh`: items that also count as new. `held`: whether
 * the user works in the list, for callers that know.
 */
export function useSteady<T>(
  list: string,
  items: readonly T[] | undefined,
  id: (item: T) => string,
  isFresh: (item: T) => boolean = () => false,
  held = true,
): Steady<T> {
  const [kept, setKept] = useState<{ list: string; order: string[] }>();
  const now = items?.map(id) ?? [];
  const here = kept?.list === list ? kept.order : undefined;
  const stays = here?.some((one) => now.includes(one));
  // Nothing is shown yet, or none of it is left: nothing can move.
  const order = held && stays && here ? here : now;
  const key = order.join(" ");
  useEffect(() => {
    if (items) setKept({ list, order: key ? key.split(" ") : [] });
  }, [items, list, key]);
  const shown = inOrder(items ?? [], order, id);
  const known = new Set(order);
  const still = now.filter((one) => known.has(one));
  const moved = (item: T) => isFresh(item) && still.indexOf(id(item)) < order.indexOf(id(item));
  return {
    items: shown,
    fresh: (items ?? []).filter((item) => !known.has(id(item)) || moved(item)).length,
    take: () => setKept({ list, order: now }),
  };
}
