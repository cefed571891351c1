// How a task went, said in one choice: it closes the task, and for some answers every sequence of the lead.
import { OUTCOME_WORDS } from "@/shared/lib/labels";
import { Select } from "@/shared/ui/select";
import type { TaskOutcome, TaskView } from "./queries";

const OF_A_CALL: TaskOutcome[] = [
  "done",
  "connected",
  "no_answer",
  "busy",
  "voicemail",
  "gatekeeper",
  "callback",
  "wrong_number",
  "booked",
  "not_interested",
  "do_not_call",
  "cancelled",
];
const OF_A_TASK: TaskOutcome[] = ["done", "no_answer", "booked", "not_interested", "cancelled"];

/** Of these the server ends whatever the lead is in. */
const ENDS: TaskOutcome[] = ["booked", "not_interested", "do_not_call"];

const isCall = (t: TaskView) => t.kind === "call" || t.kind === "hot_lead";

/** Tasks that can go one way or another: who is called or written to may answer. */
export const hasOutcome = (t: TaskView) => isCall(t) || !!t.campaign_id;

export function outcomeToast(t: TaskView, outcome: TaskOutcome): string {
  const word = OUTCOME_WORDS[outcome] ?? outcome;
  if (ENDS.includes(outcome)) return `${word}: nothing more is sent to ${t.lead_name} by a sequence`;
  return t.campaign_id ? `${word}: ${t.title}. The sequence goes on` : `${word}: ${t.title}`;
}

export function Outcome({ task, onClose }: { task: TaskView; onClose: (outcome: TaskOutcome) => void }) {
  return (
    <Select
      bare
      aria-label={`How it went: ${task.title}, ${task.lead_name}`}
      value=""
      placeholder="How it went"
      onValue={onClose}
      options={(isCall(task) ? OF_A_CALL : OF_A_TASK).map((value) => ({ value, label: OUTCOME_WORDS[value] ?? value }))}
      className="w-[132px] max-sm:w-[148px]"
    />
  );
}
