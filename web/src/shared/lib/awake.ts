// The moment at which code that no page shows at first may be fetched: the user acts, or it has been quiet for a while.
import { useSyncExternalStore } from "react";
import { createStore } from "./store";

const QUIET_MS = 4_000;
const SIGNS = ["pointermove", "pointerdown", "keydown", "touchstart"] as const;

/** Whether the user has acted, or it has been quiet for a while. */
export const awake = createStore(false);

function wake() {
  for (const sign of SIGNS) removeEventListener(sign, wake, true);
  awake.set(true);
}

if (typeof window !== "undefined") {
  for (const sign of SIGNS) addEventListener(sign, wake, { capture: true, passive: true });
  setTimeout(wake, QUIET_MS);
}

/** Runs it when the user first acts, or after a few quiet seconds. */
export function whenAwake(run: () => void) {
  if (awake.get()) return run();
  const unheard = awake.subscribe(() => {
    unheard();
    run();
  });
}

export const useAwake = () => useSyncExternalStore(awake.subscribe, awake.get, awake.get);
