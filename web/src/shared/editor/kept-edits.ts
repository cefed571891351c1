// Unsaved edits that survive a closed page: kept in the browser until they are saved or discarded.
import { useEffect, useRef, useState } from "react";
import { useLatest } from "@/shared/lib/hooks";
import { KEPT_HERE_AFTER_MS, ownKey } from "./drafts";

interface Kept<T> {
  value: T;
  at: number;
}

const placeOf = (object: string) => `leadflow.edits:${ownKey(object)}`;

/** Stores edits for an editor that is not open yet. Throws if the browser refuses storage. */
export function keepEdits<T>(object: string, value: T) {
  localStorage.setItem(placeOf(object), JSON.stringify({ value, at: Date.now() }));
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    // A browser that refuses storage only forgets the edits.
    return undefined;
  }
}

/** Forgets the edits of an editor that is not open. */
export const dropEdits = (object: string) => quietly(() => localStorage.removeItem(placeOf(object)));
const look = <T>(object: string) =>
  quietly(() => JSON.parse(localStorage.getItem(placeOf(object)) ?? "null") as Kept<T>);

/** `onFound`: takes over edits that were kept before; `dirty`: whether `value` is to be kept. */
export function useKeptEdits<T>(object: string, value: T, dirty: boolean, onFound: (value: T) => void) {
  /** The time when the restored edits were written. */
  const [foundAt, setFoundAt] = useState<number>();
  const [looked, setLooked] = useState("");
  const latest = useLatest(onFound);
  const kept = useRef<string>(undefined);
  const due = useRef<() => void>(undefined);
  const text = JSON.stringify(value);

  useEffect(() => {
    const soon = () => {
      const keep = due.current;
      due.current = undefined;
      keep?.();
    };
    const found = look<T>(object);
    setLooked(object);
    if (found) {
      kept.current = JSON.stringify(found.value);
      setFoundAt(found.at);
      latest.current(found.value);
    }
    addEventListener("pagehide", soon);
    return () => {
      removeEventListener("pagehide", soon);
      soon();
      kept.current = undefined;
      setFoundAt(undefined);
    };
  }, [object, latest]);

  useEffect(() => {
    if (looked !== object) return;
    if (!dirty) {
      due.current = undefined;
      if (kept.current !== undefined) dropEdits(object);
      kept.current = undefined;
      setFoundAt(undefined);
      return;
    }
    if (text === kept.current) return;
    const keep = () => {
      due.current = undefined;
      kept.current = text;
      quietly(() => keepEdits(object, JSON.parse(text)));
    };
    due.current = keep;
    const timer = setTimeout(keep, KEPT_HERE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [object, looked, dirty, text]);

  return {
    foundAt,
    /** Called when the edits were saved, or discarded. */
    clear() {
      due.current = undefined;
      kept.current = text;
      setFoundAt(undefined);
      dropEdits(object);
    },
  };
}
