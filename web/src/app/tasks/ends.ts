// Which outcomes end the sequences of a lead, and which can be undone.
import type { TaskOutcome, TaskView } from "./queries";

/** Outcomes after which the server ends all enrolments of the lead: they cannot be undone. */
export const ENDS: readonly TaskOutcome[] = ["booked", "not_interested", "do_not_call"];

/** A sequence that went on is not taken back, and neither is one that ended. */
export const canUndo = (t: Pick<TaskView, "campaign_id">, outcome: TaskOutcome) =>
  !t.campaign_id && !ENDS.includes(outcome);
