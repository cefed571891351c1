// A text that survives a closed page: kept in the browser's database shortly after the last key, and then, where there is
// a place for it, at the server.
import { del, get, set } from "idb-keyval";
import { useEffect, useRef, useState } from "react";

/** Where a draft is on the screen. */
const shown = new Map<string, (value: unknown) => void>();

/** Puts back what was sent and called back; what was written since stays. */
export async function restoreDraft<T>(key: string, value: T) {
  const show = shown.get(key);
  if (show) return show(value);
  if (!(await get(`draft:${key}`))) await set(`draft:${key}`, { value, at: Date.now() });
}

/** Where a draft is found on another device. */
export interface KeptDraft<T> {
  load: () => Promise<{ value: T; at: number } | undefined>;
  save: (value: T) => Promise<unknown>;
  clear: () => Promise<unknown>;
}

const KEPT_AFTER_MS = 2_000;

export function useDraft<T>(key: string, initial: T, empty: (value: T) => boolean, elsewhere?: KeptDraft<T>) {
  const kept = useRef(elsewhere);
  kept.current = elsewhere;
  const [value, setValue] = useState(initial);
  const [savedAt, setSavedAt] = useState<number>();
  const loaded = useRef("");
  const touched = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another key is another draft
  useEffect(() => {
    let on = true;
    loaded.current = "";
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
      .catch(() => undefined)
      .finally(() => {
        if (on) loaded.current = key;
      });
    return () => {
      on = false;
    };
  }, [key]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `empty` is a rule, not a value
  useEffect(() => {
    if (!touched.current) return;
    const timer = setTimeout(() => {
      const at = Date.now();
      const done = empty(value) ? del(`draft:${key}`) : set(`draft:${key}`, { value, at });
      done.then(() => setSavedAt(empty(value) ? undefined : at)).catch(() => setSavedAt(undefined));
    }, 400);
    const later = setTimeout(() => {
      const place = kept.current;
      if (place) void (empty(value) ? place.clear() : place.save(value)).catch(() => undefined);
    }, KEPT_AFTER_MS);
    return () => {
      clearTimeout(timer);
      clearTimeout(later);
    };
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
      setValue(initial);
      setSavedAt(undefined);
      await del(`draft:${key}`).catch(() => undefined);
      await kept.current?.clear().catch(() => undefined);
    },
  };
}
