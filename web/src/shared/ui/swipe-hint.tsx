// The line that says what a swipe over a row does. It stands apart from the row, so that a page can load the row later.
import type { ReactNode } from "react";
import { createStoredStore, useStore } from "@/shared/lib/store";

/** Whether rows have been swiped on this device: who has done it once needs no hint. */
export const swipeHint = createStoredStore("swipe-hint", "shown", ["shown", "known"]);

/** Says what a swipe does, on a touch screen, until the first one. */
export function SwipeHint({ children }: { children: ReactNode }) {
  if (useStore(swipeHint) === "known") return null;
  return <p className="hidden shrink-0 px-4 py-1 text-center text-meta text-ink-2 pointer-coarse:block">{children}</p>;
}
