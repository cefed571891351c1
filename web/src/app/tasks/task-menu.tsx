// What may be done with a task besides closing it: edit, snooze, delete.
import { AlarmClock, Ellipsis, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { IconButton } from "@/shared/ui/button";
import { later } from "@/shared/ui/later";
import { Menu } from "@/shared/ui/menu";
import { toast, toastProblem } from "@/shared/ui/toast";
import { type TaskView, useChangeTask, useDeleteTask } from "./queries";

const TaskDialog = later(() => import("./task-dialog").then((m) => m.TaskDialog));
const SnoozeDialog = later(() => import("./snooze-dialog").then((m) => m.SnoozeDialog));

/** Deletes a task. One that no sequence waits for can be brought back. */
export function useRemoveTask() {
  const remove = useDeleteTask();
  const change = useChangeTask();
  return (t: TaskView) =>
    remove.mutate(t.id, {
      onSuccess: () => {
        const undo = () => change.mutateAsync({ id: t.id, done: false });
        const said = t.campaign_id ? "Deleted. The sequence continues" : `Deleted: ${t.title}`;
        toast(said, t.campaign_id ? {} : { undo });
      },
      onError: (error) => toastProblem("Could not delete the task", error),
    });
}

export function TaskMenu({ task, onSnooze }: { task: TaskView; onSnooze?: () => void }) {
  const [open, setOpen] = useState<"edit" | "snooze">();
  const remove = useRemoveTask();
  const close = () => setOpen(undefined);
  return (
    <>
      <Menu
        label={`More: ${task.title}`}
        trigger={
          <IconButton label={`More: ${task.title}, ${task.lead_name}`} size="iconSm">
            <Ellipsis size={15} />
          </IconButton>
        }
        items={[
          { label: "Edit", icon: <Pencil size={14} />, run: () => setOpen("edit") },
          { label: "Snooze", icon: <AlarmClock size={14} />, run: onSnooze ?? (() => setOpen("snooze")) },
          { label: "Delete", icon: <Trash2 size={14} />, danger: true, run: () => remove(task) },
        ]}
      />
      <TaskDialog open={open === "edit"} task={task} onClose={close} />
      <SnoozeDialog open={open === "snooze"} task={task} onClose={close} />
    </>
  );
}
