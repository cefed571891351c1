// A text that survives a closed page: kept in the browser's database shortly after the last key.
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

export function useDraft<T>(key: string, initial: T, empty: (value: T) => boolean) {
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
    get<{ value: T; at: number }>(`draft:${key}`)
      .then((kept) => {
        if (!on || touched.current) return;
        if (kept) {
          setValue(kept.value);
          setSavedAt(kept.at);
        }
      })
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
    return () => clearTimeout(timer);
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
    },
  };
}
