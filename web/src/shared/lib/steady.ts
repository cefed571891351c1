// A list that is asked for again and again, and yet does not move under the reader: what is new waits until it is asked for.
import { useEffect, useState } from "react";

export interface Steady<T> {
  items: T[];
  /** How many are new, or would stand elsewhere. */
  fresh: number;
  /** Shows them, in their order. */
  take: () => void;
}

/** Those of `items` that stood there before, in the order they had then, as they are now; the others are to come. */
export function inOrder<T>(items: readonly T[], order: readonly string[], id: (item: T) => string): T[] {
  const byId = new Map(items.map((item) => [id(item), item]));
  return order.flatMap((known) => {
    const item = byId.get(known);
    return item ? [item] : [];
  });
}

/** `list` names what is listed: another list is shown at once. `isFresh`: also counts as new, although it is known. `held`: nobody works in it otherwise. */
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
  // Nothing is shown yet, or nothing of it is left: nothing can move.
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
