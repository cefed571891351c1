// Log outcome: one choice closes the task, and some outcomes end every sequence of the lead.
import { TASK_DONE_WORDS } from "@/app/timeline/model";
import { OUTCOME_WORDS } from "@/shared/lib/labels";
import { Button } from "@/shared/ui/button";
import { Select } from "@/shared/ui/select";
import { toast, toastProblem } from "@/shared/ui/toast";
import { type TaskOutcome, type TaskView, useTaskDone } from "./queries";

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

/** Outcomes after which the server ends all enrolments of the lead. */
const ENDS: TaskOutcome[] = ["booked", "not_interested", "do_not_call"];

const isCall = (t: TaskView) => t.kind === "call" || t.kind === "hot_lead";

/** Tasks with several outcomes: a lead who is called or written to may reply. */
export const hasOutcome = (t: TaskView) => isCall(t) || !!t.campaign_id;

/** Tasks in which the user sends a message by hand. */
export const outcomeWord = (t: TaskView, outcome: TaskOutcome) =>
  (outcome === "done" ? TASK_DONE_WORDS[t.kind] : undefined) ?? OUTCOME_WORDS[outcome];

export function outcomeToast(t: TaskView, outcome: TaskOutcome): string {
  const word = outcomeWord(t, outcome);
  if (ENDS.includes(outcome)) return `${word}: sequences stopped for ${t.lead_name}`;
  return t.campaign_id ? `${word}: ${t.title}. The sequence continues` : `${word}: ${t.title}`;
}

/** Closes a task and confirms it. */
export function useFinish() {
  const done = useTaskDone();
  return (t: TaskView, outcome: TaskOutcome = "done") =>
    done.mutate(
      { id: t.id, done: true, outcome },
      {
        onSuccess: () => {
          // A sequence that continued is not taken back.
          const undo = () => done.mutateAsync({ id: t.id, done: false });
          toast(outcomeToast(t, outcome), t.campaign_id || outcome !== "done" ? {} : { undo });
        },
        onError: (error) => toastProblem("Could not close the task", error),
      },
    );
}

/** The outcome, or that the task is done: whatever closes this task. */
export function Closing({
  task,
  hint,
  onClose,
}: {
  task: TaskView;
  hint?: string;
  onClose: (outcome: TaskOutcome) => void;
}) {
  if (!hasOutcome(task))
    return (
      <Button
        size="sm"
        kind="quiet"
        hint={hint}
        aria-label={`Done: ${task.title}, ${task.lead_name}`}
        onClick={() => onClose("done")}
      >
        Done
      </Button>
    );
  return (
    <Select
      bare
      aria-label={`Log outcome: ${task.title}, ${task.lead_name}`}
      value=""
      placeholder="Log outcome"
      onValue={onClose}
      options={(isCall(task) ? OF_A_CALL : OF_A_TASK).map((value) => ({ value, label: outcomeWord(task, value) }))}
      className="w-[132px] max-sm:w-[148px]"
    />
  );
}
