// A later time for a task: a few usual ones, or any other.
import { serverNow } from "@/api/clock";
import { MomentChoices } from "@/shared/forms/moment-choices";
import { when } from "@/shared/lib/format";
import { mornings } from "@/shared/lib/morning";
import { Dialog } from "@/shared/ui/dialog";
import { toast, toastProblem } from "@/shared/ui/toast";
import { type TaskView, useChangeTask } from "./queries";

const FURTHEST_DAYS = 365;
const HOUR_MS = 60 * 60_000;

export function SnoozeDialog({
  open,
  task,
  onClose,
  onSnoozed,
}: {
  open: boolean;
  task: Pick<TaskView, "id" | "title" | "lead_name" | "due_at">;
  onClose: () => void;
  onSnoozed?: () => void;
}) {
  const change = useChangeTask();
  const inHours = (hours: number) => new Date(Number(new Date(serverNow())) + hours * HOUR_MS);
  const snooze = (due_at: string) => {
    onClose();
    const before = task.due_at;
    change.mutate(
      { id: task.id, due_at },
      {
        onSuccess: () => {
          toast(`Snoozed until ${when(due_at)}: ${task.title}`, {
            undo: () => change.mutateAsync({ id: task.id, due_at: before }),
          });
          onSnoozed?.();
        },
        onError: (error) => toastProblem("Could not snooze the task", error),
      },
    );
  };
  return (
    <Dialog open={open} onClose={onClose} title="Snooze" description={`${task.title}, ${task.lead_name}`}>
      <MomentChoices
        choices={[["In an hour", inHours(1)], ["In three hours", inHours(3)], ...mornings()]}
        days={FURTHEST_DAYS}
        action="Snooze"
        onChoose={snooze}
      />
    </Dialog>
  );
}
