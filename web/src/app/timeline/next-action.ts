// The next action and its time, in a sentence.
import type { Schema } from "@/api/types";
import { type Instant, when } from "@/shared/lib/format";

export type NextAction = Schema["NextAction"];

/** `step` counts from 0; `tell` formats an instant. */
export function nextActionWords(
  next: NextAction,
  now: number,
  step?: number,
  tell: (at: Instant) => string = when,
): string {
  const which = step === undefined ? "The next due step" : `Step ${step + 1}`;
  const soon = !next.at || Date.parse(next.at) <= now + 60_000;
  const then = soon ? "now" : tell(next.at as string);
  switch (next.what) {
    case "send":
      return `${which} goes out ${then}${soon ? "" : " at the earliest"}.`;
    case "open_task":
      return `${which} becomes a task ${then}.`;
    case "await_task":
      return "The sequence continues when the task is completed.";
    case "go_on":
      return `${which} is decided ${then}, then the sequence continues.`;
    case "leave_out":
      return `${which} is skipped, and the sequence continues with the next step.`;
    case "look_again":
      return next.at ? `Checked again ${tell(next.at)}.` : "Checked again until the outcome is known.";
    case "await_person":
      return "Nothing, until someone resolves what is marked below.";
    case "end":
      return `The sequence ends ${then}.`;
    case "nothing":
      return "Nothing is scheduled.";
  }
}
