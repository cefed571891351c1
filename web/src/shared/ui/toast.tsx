// Toasts: what happened, with Undo. Never the only copy of a fact. The code that draws them is fetched with the first
// one, or before that once the user acts.
import { asProblem } from "@/api/errors";
import { useAwake } from "@/shared/lib/awake";
import { createStore, useStore } from "@/shared/lib/store";
import { later } from "./later";

export interface Toast {
  id: string;
  text: string;
  tone: "done" | "problem";
  undo?: () => unknown;
  ms: number;
}

interface Drawer {
  show: (toast: Toast) => void;
  close: (id: string) => void;
}

/** The toasts that are shown, and those that wait for the drawing code, oldest first. */
let current: Toast[] = [];
let drawer: Drawer | undefined;
const isWanted = createStore(false);
let next = 1;

export function toast(text: string, options: { undo?: Toast["undo"]; tone?: Toast["tone"]; ms?: number } = {}) {
  const tone = options.tone ?? "done";
  const made: Toast = {
    id: `toast-${next++}`,
    text,
    tone,
    undo: options.undo,
    ms: options.ms ?? (options.undo || tone === "problem" ? 10_000 : 5_000),
  };
  current = [...current, made];
  isWanted.set(true);
  drawer?.show(made);
}

/** The drawing component registers here, and the toasts are dropped when it unmounts. */
export function drawToasts(by: Drawer): () => void {
  drawer = by;
  for (const waiting of current) by.show(waiting);
  return () => {
    drawer = undefined;
    current = [];
  };
}

export const forgetToast = (id: string) => {
  current = current.filter((t) => t.id !== id);
};

export function toastProblem(what: string, error: unknown) {
  const problem = asProblem(error);
  // The user has closed the question whether it is them, and knows that nothing was changed.
  if (problem.code === "proof_needed") return;
  toast(`${what}. ${problem.detail}`, { tone: "problem" });
}

/** Undoes the newest undoable change. */
export function undoLast(): boolean {
  const last = current.findLast((t) => t.undo);
  if (!last) return false;
  void undoToast(last);
  return true;
}

export async function undoToast(item: Toast) {
  forgetToast(item.id);
  drawer?.close(item.id);
  try {
    await item.undo?.();
  } catch (error) {
    toastProblem("Could not undo", error);
  }
}

const ToastList = later(() => import("./toast-list").then((m) => m.ToastList));

export function Toasts() {
  const wanted = useStore(isWanted);
  return useAwake() || wanted ? <ToastList /> : null;
}
