// The marks of an enrolment on a sequence's line.

import { MARK_WORDS, type Mark } from "@/app/parts/stepper";
import { SKIP_WORDS } from "@/shared/lib/labels";
import { STEP_WORDS } from "@/shared/lib/step-kinds";
import type { LineStep } from "./model";

export interface EnrolmentProgress {
  state: "pending" | "scheduled" | "sending" | "claimed" | "waiting_task" | "held" | "ended";
  reason?: string | null;
  step: number;
  steps: number;
  /** The result of each step, where known: without it, the steps before the present one count as done. */
  line?: LineStep[];
}

/** The line of one enrolment: done and skipped steps, the next one, and how it ended. */
export function enrolmentMarks(e: EnrolmentProgress): Mark[] {
  const behind = (i: number): Mark => {
    const state = e.line?.[i]?.state;
    return state === "skipped" || state === "failed" ? state : "done";
  };
  const marks: Mark[] = Array.from({ length: Math.max(e.steps, 1) }, (_, i) => (i < e.step ? behind(i) : "planned"));
  const at = Math.min(e.step, marks.length - 1);
  if (e.state === "ended") {
    for (let i = e.step; i < marks.length; i++) marks[i] = "ended";
    // The end stands at the last step that reached the lead.
    let last = Math.max(0, Math.min(e.step - 1, marks.length - 1));
    while (last > 0 && marks[last] === "skipped") last--;
    if (e.reason === "replied") marks[last] = "replied";
    else if (e.reason === "won" || e.reason === "booked" || e.reason === "goal_reached") marks[last] = "goal";
    else if (e.reason === "opted_out" || e.reason === "suppressed") marks[last] = "opted_out";
    else if (e.reason === "bounced" || e.reason === "failed") marks[last] = "failed";
  } else if (e.state === "held") marks[at] = e.reason === "uncertain" ? "uncertain" : "held";
  else if (e.state !== "pending") marks[at] = "next";
  return marks;
}

/** The words for each mark: `SMS: skipped, no number`. */
export const markLabels = (marks: Mark[], line: LineStep[] = []): string[] =>
  marks.map((mark, i) => {
    const step = line[i];
    const word = MARK_WORDS[mark];
    if (!step) return word;
    const why = mark === "skipped" && step.why ? SKIP_WORDS[step.why] : undefined;
    return `${STEP_WORDS[step.kind]}: ${word}${why ? `, ${why}` : ""}`;
  });
