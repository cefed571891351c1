// Small hooks every page needs: the media query, the clock, a delayed value.
import { useEffect, useReducer, useRef, useState, useSyncExternalStore } from "react";
import { serverNow, whenSet } from "@/api/clock";

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => matchMedia(query).matches,
    () => false,
  );
}

export const usePhone = () => useMedia("(max-width: 639px)");
export const useWide = () => useMedia("(min-width: 1180px)");

/** The present time, updated once in a while so that "4 min" stays right. */
export function useNow(everyMs = 30_000): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const look = () => setNow(serverNow());
    const timer = setInterval(look, everyMs);
    const unheard = whenSet(look);
    return () => {
      clearInterval(timer);
      unheard();
    };
  }, [everyMs]);
  return now;
}

const merged = <T extends object>(old: T, changes: Partial<T>): T => ({ ...old, ...changes });

/** Several values that change together: the named ones change, the rest stays. */
export const useMerged = <T extends object>(start: () => T) =>
  useReducer<T, undefined, [Partial<T>]>(merged, undefined, start);

export function useDelayed<T>(value: T, ms: number): T {
  const [kept, setKept] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setKept(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return kept;
}

const TYPED_MS = 200;

/**
 * The text of a search field over what the address is searched for. What was typed is asked for after a moment, or at once;
 * an address that another part of the page sets is shown in the field. One that only follows what was asked for leaves the
 * field as it is: the user may have typed on.
 */
export function useSearchText(q: string, onSearch: (q: string) => void) {
  const [text, setText] = useState(q);
  const typed = useDelayed(text, TYPED_MS);
  /** What was asked for and is not in the address yet, oldest first. */
  const pending = useRef<string[]>([]);
  const ask = (next: string) => {
    if (next !== q) pending.current.push(next);
    onSearch(next);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing asks
  useEffect(() => {
    if (typed !== q) ask(typed);
  }, [typed]);
  useEffect(() => {
    const own = pending.current.lastIndexOf(q);
    pending.current = own < 0 ? [] : pending.current.slice(own + 1);
    if (own < 0) setText(q);
  }, [q]);
  const askNow = (next: string) => {
    setText(next);
    ask(next);
  };
  return { text, setText, askNow };
}

/** The newest version of a callback under one identity. */
export function useLatest<T>(value: T) {
  const ref = useRef(value);
  useEffect(() => {
    ref.current = value;
  });
  return ref;
}

/** Whether the component is still on the page, for what ends after it may have been left. */
export function useIsShown() {
  const shown = useRef(false);
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);
  return shown;
}
