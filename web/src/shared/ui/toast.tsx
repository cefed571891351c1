// Toasts: what happened, with Undo. Never the only copy of a fact.
import { Check, CircleAlert, X } from "lucide-react";
import { useEffect, useState } from "react";
import { asProblem } from "@/api/errors";
import { createStore, useStore } from "@/shared/lib/store";
import { Button, IconButton } from "./button";

export interface Toast {
  id: number;
  text: string;
  tone: "done" | "problem";
  undo?: () => unknown;
  ms: number;
}

const toasts = createStore<Toast[]>([]);
let next = 1;

export function toast(text: string, options: { undo?: Toast["undo"]; tone?: Toast["tone"]; ms?: number } = {}): number {
  const id = next++;
  const tone = options.tone ?? "done";
  const made: Toast = {
    id,
    text,
    tone,
    undo: options.undo,
    ms: options.ms ?? (options.undo || tone === "problem" ? 10_000 : 5_000),
  };
  toasts.set((old) => [...old.slice(-2), made]);
  return id;
}

export const dismissToast = (id: number) => toasts.set((old) => old.filter((t) => t.id !== id));

export function toastProblem(what: string, error: unknown) {
  toast(`${what}. ${asProblem(error).detail}`, { tone: "problem" });
}

/** Takes back the newest undoable change. */
export function undoLast(): boolean {
  const last = toasts.get().findLast((t) => t.undo);
  if (!last) return false;
  void runUndo(last);
  return true;
}

async function runUndo(item: Toast) {
  dismissToast(item.id);
  try {
    await item.undo?.();
  } catch (error) {
    toastProblem("It could not be undone", error);
  }
}

function ToastView({ item }: { item: Toast }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismissToast(item.id), item.ms);
    return () => clearTimeout(timer);
  }, [held, item.id, item.ms]);
  return (
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      className="pointer-events-auto relative flex min-h-11 w-[340px] max-w-full items-center gap-2.5 overflow-hidden rounded-toast border border-line bg-raised py-1.5 pr-1.5 pl-3.5 shadow-float"
    >
      {item.tone === "done" ? (
        <Check size={16} aria-hidden="true" className="shrink-0 text-good" />
      ) : (
        <CircleAlert size={16} aria-hidden="true" className="shrink-0 text-bad" />
      )}
      <span className="min-w-0 flex-1 break-words">{item.text}</span>
      {item.undo ? (
        <Button size="sm" hint="Z" onClick={() => void runUndo(item)}>
          Undo
        </Button>
      ) : null}
      <IconButton label="Dismiss" size="iconSm" onClick={() => dismissToast(item.id)}>
        <X size={14} />
      </IconButton>
      <span
        aria-hidden="true"
        className="absolute bottom-0 left-0 h-0.5 w-full origin-left bg-accent"
        style={{ animation: held ? "none" : `lf-bar ${item.ms}ms linear forwards` }}
      />
    </div>
  );
}

export function Toasts() {
  const items = useStore(toasts);
  return (
    <div
      aria-live="polite"
      className="pointer-events-none fixed right-4 bottom-4 z-[60] flex max-w-[calc(100vw-32px)] flex-col items-end gap-2 max-sm:bottom-[82px]"
    >
      {items.map((item) => (
        <ToastView key={item.id} item={item} />
      ))}
    </div>
  );
}
