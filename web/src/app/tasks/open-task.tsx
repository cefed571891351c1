// An open task on a lead's timeline: its text, the link to where it is done, and closing it.
import { useQuery } from "@tanstack/react-query";
import { useMay } from "@/app/auth/use-may";
import { Button } from "@/shared/ui/button";
import { Closing, useFinish } from "./outcome";
import { taskQuery } from "./queries";
import { hasMore, TaskText } from "./task-text";

export function OpenTask({ id }: { id: string }) {
  const query = useQuery(taskQuery(id));
  const may = useMay("rep");
  const finish = useFinish();
  const task = query.data;
  if (!task)
    return query.error ? (
      <p className="text-meta text-ink-2">
        The task text did not load.{" "}
        <Button size="sm" kind="link" onClick={() => void query.refetch()}>
          Try again
        </Button>
      </p>
    ) : null;
  // The task was closed elsewhere, and the timeline does not show that yet.
  if (task.done_at) return null;
  return (
    <div className="space-y-1.5">
      {hasMore(task) ? <TaskText task={task} onClose={(outcome) => finish(task, outcome)} /> : null}
      {may ? <Closing task={task} onClose={(outcome) => finish(task, outcome)} /> : null}
    </div>
  );
}
