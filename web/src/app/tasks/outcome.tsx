// Log outcome: one choice closes the task, and some outcomes end every sequence of the lead.
import { useState } from "react";
import { TASK_DONE_WORDS } from "@/app/timeline/model";
import { when } from "@/shared/lib/format";
import { OUTCOME_WORDS } from "@/shared/lib/labels";
import { Button } from "@/shared/ui/button";
import { later } from "@/shared/ui/later";
import { Select } from "@/shared/ui/select";
import { toast, toastProblem } from "@/shared/ui/toast";
import { canUndo, ENDS } from "./ends";
import type { CallLog } from "./outcome-dialog";
import { isCall, type TaskOutcome, type TaskView, useChangeTask } from "./queries";

const OutcomeDialog = later(() => import("./outcome-dialog").then((m) => m.OutcomeDialog));

const OF_A_TASK: TaskOutcome[] = ["done", "no_answer", "booked", "not_interested", "cancelled"];

/** Tasks with several outcomes: a lead who is called or written to may reply. */
export const hasOutcome = (t: TaskView) => isCall(t) || !!t.campaign_id;

/** Tasks in which the user sends a message by hand. */
export const outcomeWord = (t: TaskView, outcome: TaskOutcome) =>
  (outcome === "done" ? TASK_DONE_WORDS[t.kind] : undefined) ?? OUTCOME_WORDS[outcome];

export function outcomeToast(t: TaskView, outcome: TaskOutcome, again_at?: string): string {
  const word = outcomeWord(t, outcome);
  if (ENDS.includes(outcome)) return `${word}: sequences stopped for ${t.lead_name}`;
  if (again_at) return `${word} ${when(again_at)}: ${t.lead_name}`;
  return t.campaign_id ? `${word}: ${t.title}. The sequence continues` : `${word}: ${t.title}`;
}

/** What closes a task: its outcome, and what was noted. */
export type Finish = { outcome: TaskOutcome } & Partial<Omit<CallLog, "outcome">>;

/** Closes a task and confirms it, also where the part of the page that asked is gone by then. */
export function useFinish() {
  const change = useChangeTask();
  return (t: TaskView, finish: TaskOutcome | Finish = "done") => {
    const log: Finish = typeof finish === "string" ? { outcome: finish } : finish;
    const undo = () => change.mutateAsync({ id: t.id, done: false });
    change.mutateAsync({ id: t.id, done: true, ...log }).then(
      () => toast(outcomeToast(t, log.outcome, log.again_at), canUndo(t, log.outcome) ? { undo } : {}),
      (error) => toastProblem("Could not close the task", error),
    );
  };
}

/** The outcome, or that the task is done: whatever closes this task. */
export function Closing({
  task,
  hint,
  onClose,
}: {
  task: TaskView;
  hint?: string;
  onClose: (finish: TaskOutcome | Finish) => void;
}) {
  const [open, setOpen] = useState(false);
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
  if (isCall(task))
    return (
      <>
        <Button size="sm" aria-label={`Log outcome: ${task.title}, ${task.lead_name}`} onClick={() => setOpen(true)}>
          Log outcome
        </Button>
        <OutcomeDialog
          open={open}
          task={task}
          onClose={() => setOpen(false)}
          onLog={(log: CallLog) => {
            setOpen(false);
            onClose(log);
          }}
        />
      </>
    );
  return (
    <Select
      bare
      aria-label={`Log outcome: ${task.title}, ${task.lead_name}`}
      value=""
      placeholder="Log outcome"
      onValue={onClose}
      options={OF_A_TASK.map((value) => ({ value, label: outcomeWord(task, value) }))}
      className="w-[132px] max-sm:w-[148px]"
    />
  );
}
