// What comes next, and when, in a sentence.
import type { Schema } from "@/api/types";
import { type Instant, when } from "@/shared/lib/format";

export type NextAction = Schema["Next"];

/** `step` counts from 0; `tell` says an instant. */
export function nextActionWords(
  next: NextAction,
  now: number,
  step?: number,
  tell: (at: Instant) => string = when,
): string {
  const which = step === undefined ? "What is due" : `Step ${step + 1}`;
  const soon = !next.at || Date.parse(next.at) <= now + 60_000;
  const then = soon ? "now" : tell(next.at as string);
  switch (next.what) {
    case "send":
      return `${which} goes out ${then}${soon ? "" : " at the soonest"}.`;
    case "open_task":
      return `${which} is given to a person ${then}.`;
    case "await_task":
      return "It goes on when somebody closes the task.";
    case "go_on":
      return `${which} is decided ${then}, and it goes on from there.`;
    case "leave_out":
      return `${which} is left out, and it goes on with the one below.`;
    case "look_again":
      return next.at ? `It is looked at again ${tell(next.at)}.` : "It is looked at again until it is known.";
    case "await_person":
      return "Nothing, until somebody changes what is marked below.";
    case "end":
      return `It ends ${then}.`;
    case "nothing":
      return "Nothing comes next.";
  }
}
