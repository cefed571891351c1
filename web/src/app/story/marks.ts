// Where somebody stands on a sequence's line.
import type { Mark } from "@/shared/ui/line";

export interface Standing {
  state: "pending" | "scheduled" | "sending" | "claimed" | "waiting_task" | "held" | "ended";
  reason?: string | null;
  step: number;
  steps: number;
}

/** The line of one enrolment: what is done, what is next, how it ended. */
export function marksOf(e: Standing): Mark[] {
  const marks: Mark[] = Array.from({ length: Math.max(e.steps, 1) }, (_, i) => (i < e.step ? "done" : "planned"));
  const at = Math.min(e.step, marks.length - 1);
  if (e.state === "ended") {
    for (let i = e.step; i < marks.length; i++) marks[i] = "ended";
    const last = Math.max(0, Math.min(e.step - 1, marks.length - 1));
    if (e.reason === "replied") marks[last] = "replied";
    else if (e.reason === "won" || e.reason === "booked" || e.reason === "goal_reached") marks[last] = "goal";
    else if (e.reason === "opted_out" || e.reason === "suppressed") marks[last] = "opted_out";
    else if (e.reason === "bounced" || e.reason === "failed") marks[last] = "failed";
  } else if (e.state === "held") marks[at] = e.reason === "uncertain" ? "uncertain" : "held";
  else if (e.state !== "pending") marks[at] = "next";
  return marks;
}
