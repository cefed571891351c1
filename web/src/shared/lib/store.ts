// A value outside React that components can watch.
import { useSyncExternalStore } from "react";

export interface Store<T> {
  get(): T;
  set(next: T | ((old: T) => T)): void;
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      const made = typeof next === "function" ? (next as (old: T) => T)(value) : next;
      if (Object.is(made, value)) return;
      value = made;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}

/** A store that survives a reload. A browser that refuses storage only forgets. */
export function createStoredStore<T extends string>(key: string, initial: T, allowed: readonly T[]): Store<T> {
  let start = initial;
  try {
    const kept = localStorage.getItem(key) as T | null;
    if (kept && allowed.includes(kept)) start = kept;
  } catch {
    // Private windows may refuse storage.
  }
  const store = createStore<T>(start);
  store.subscribe(() => {
    try {
      localStorage.setItem(key, store.get());
    } catch {
      // Private windows may refuse storage.
    }
  });
  return store;
}
