// The registry of all commands: the palette lists them, keys run them, and the help dialog prints them.

import type { LucideIcon } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import { useLatest } from "@/shared/lib/hooks";
import { keyboard } from "@/shared/lib/keyboard";
import { createStoredStore } from "@/shared/lib/store";

export interface Command {
  id: string;
  title: string;
  group: "This page" | "Go to" | "Actions" | "People";
  keys?: string;
  icon?: LucideIcon;
  /** Extra words by which the palette finds the command. */
  also?: string;
  run: () => void;
}

interface Layer {
  get: () => readonly Command[];
}

let layers: Layer[] = [];
let snapshot: readonly Command[] = [];
const listeners = new Set<() => void>();

function changed() {
  const seen = new Set<string>();
  snapshot = layers.toReversed().flatMap((l) =>
    l.get().filter((c) => {
      if (seen.has(c.id)) return false;
      seen.add(c.id);
      return true;
    }),
  );
  for (const listener of listeners) listener();
}

export function useCommands(commands: readonly Command[]) {
  const latest = useLatest(commands);
  const ids = commands.map((c) => `${c.id}:${c.title}`).join("|");
  // biome-ignore lint/correctness/useExhaustiveDependencies: registered again when the list itself differs
  useEffect(() => {
    const layer: Layer = { get: () => latest.current };
    layers = [...layers, layer];
    changed();
    const off = keyboard.add(() =>
      Object.fromEntries(latest.current.flatMap((c) => (c.keys ? [[c.keys, () => c.run()] as const] : []))),
    );
    return () => {
      off();
      layers = layers.filter((l) => l !== layer);
      changed();
    };
  }, [ids, latest]);
}

export function useAllCommands(): readonly Command[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => snapshot,
    () => snapshot,
  );
}

/** Each word of the query must begin a word of the command. */
export function matches(command: Pick<Command, "title" | "also">, query: string): boolean {
  const text = ` ${command.title} ${command.also ?? ""}`.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .every((word) => text.includes(` ${word}`) || text.includes(`-${word}`));
}

/** `g l` → `G`, `L`; `mod+k` → `⌘K` or `Ctrl K`. */
export function keyCaps(keys: string): string[] {
  const mac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");
  return keys.split(" ").map((k) => {
    const caps = k
      .split("+")
      .map((part) =>
        part === "mod"
          ? mac
            ? "⌘"
            : "Ctrl"
          : part === "shift"
            ? "⇧"
            : part === "Enter"
              ? "↵"
              : part === "Escape"
                ? "Esc"
                : part.length === 1
                  ? part.toUpperCase()
                  : part,
      );
    return mac ? caps.join("") : caps.join(" ");
  });
}

/** Single-letter commands can be switched off, for users who dictate or mistype. */
export const singleKeys = createStoredStore<"on" | "off">("leadflow.keys", "on", ["on", "off"]);
const applySingleKeys = () => {
  keyboard.singleKeys = singleKeys.get() === "on";
  document.documentElement.dataset.keys = singleKeys.get();
};
singleKeys.subscribe(applySingleKeys);
if (typeof document !== "undefined") applySingleKeys();
