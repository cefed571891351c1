// A text that survives a closed page: kept in the browser's database shortly after the last key, and then, if there is
// a place for it, at the server.
import { del, get, set } from "idb-keyval";
import { useEffect, useRef, useState } from "react";
import { currentIdentity } from "@/api/session";

/** The drafts that are on the screen. */
const shown = new Map<string, (value: unknown) => void>();

/** Puts back a text that was sent and cancelled; a text written since stays. */
export async function restoreDraft<T>(key: string, value: T) {
  const show = shown.get(key);
  if (show) return show(value);
  if (!(await get(`draft:${key}`))) await set(`draft:${key}`, { value, at: Date.now() });
}

/** The place where another device finds a draft. */
export interface KeptDraft<T> {
  load: () => Promise<{ value: T; at: number } | undefined>;
  save: (value: T) => Promise<unknown>;
  clear: () => Promise<unknown>;
}

export const KEPT_HERE_AFTER_MS = 400;
const KEPT_AFTER_MS = 2_000;

/** The key of a user's draft in their workspace; others may use the same browser. */
export function ownKey(object: string): string {
  const who = currentIdentity();
  return `${who?.workspace.id ?? ""}:${who?.user.id ?? ""}:${object}`;
}

export function useDraft<T>(key: string, initial: T, empty: (value: T) => boolean, elsewhere?: KeptDraft<T>) {
  const kept = useRef(elsewhere);
  kept.current = elsewhere;
  const [value, setValue] = useState(initial);
  const [savedAt, setSavedAt] = useState<number>();
  const touched = useRef(false);
  /** The value that is still to be stored. */
  const due = useRef<(() => void)[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another key is another draft
  useEffect(() => {
    let on = true;
    touched.current = false;
    setValue(initial);
    setSavedAt(undefined);
    let newest = 0;
    const show = (found?: { value: T; at: number }) => {
      if (!on || touched.current || !found || found.at <= newest) return;
      newest = found.at;
      setValue(found.value);
      setSavedAt(found.at);
    };
    kept.current?.load().then(show, () => undefined);
    get<{ value: T; at: number }>(`draft:${key}`)
      .then(show)
      .catch(() => undefined);
    return () => {
      on = false;
      // The page was closed before the delay was over.
      for (const keep of due.current.splice(0)) keep();
    };
  }, [key]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `empty` is a rule, not a value
  useEffect(() => {
    if (!touched.current) return;
    const here = () => {
      const at = Date.now();
      const done = empty(value) ? del(`draft:${key}`) : set(`draft:${key}`, { value, at });
      done.then(() => setSavedAt(empty(value) ? undefined : at)).catch(() => setSavedAt(undefined));
    };
    const place = kept.current;
    const there = () => {
      if (place) void (empty(value) ? place.clear() : place.save(value)).catch(() => undefined);
    };
    due.current = [here, there];
    const inTime = (keep: () => void, ms: number) =>
      setTimeout(() => {
        due.current = due.current.filter((other) => other !== keep);
        keep();
      }, ms);
    const timers = [inTime(here, KEPT_HERE_AFTER_MS), inTime(there, KEPT_AFTER_MS)];
    return () => timers.forEach(clearTimeout);
  }, [key, value]);
  const change = (next: T) => {
    touched.current = true;
    setValue(next);
  };
  useEffect(() => {
    shown.set(key, (old) => {
      if (empty(value)) change(old as T);
    });
    return () => void shown.delete(key);
  });
  return {
    value,
    savedAt,
    change,
    async clear() {
      touched.current = false;
      due.current = [];
      setValue(initial);
      setSavedAt(undefined);
      await del(`draft:${key}`).catch(() => undefined);
      await kept.current?.clear().catch(() => undefined);
    },
  };
}
