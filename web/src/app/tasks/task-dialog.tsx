// A task that a user plans or changes: what, when, by whom, how often, and when to be reminded.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useIdentity } from "@/app/auth/use-session";
import { teamQuery } from "@/app/shared-queries";
import { Field, Input, TextArea } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { useForm } from "@/shared/forms/use-form";
import { when } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { Select } from "@/shared/ui/select";
import { Segmented } from "@/shared/ui/tabs";
import { toast } from "@/shared/ui/toast";
import { type ChosenLead, LeadChoice } from "./lead-choice";
import { type TaskView, useChangeTask, useNewTask } from "./queries";
import {
  asNewTask,
  changesOf,
  faults,
  isByHand,
  KINDS,
  newValues,
  REMINDERS,
  REPEATS,
  type TaskValues,
  valuesOf,
} from "./task-form";

export interface TaskDialogProps {
  open: boolean;
  onClose: () => void;
  /** The task that is changed; a new one without it. */
  task?: TaskView;
  /** The lead of a new task; without it the dialog asks. */
  lead?: ChosenLead;
}

const FIELDS = ["lead_id", "title", "body", "due_at", "owner", "kind", "remind_minutes", "repeat"];

export function TaskDialog({ open, ...rest }: TaskDialogProps) {
  // Each opening begins with the task as it is now.
  return open ? <TaskForm key={rest.task?.id ?? "new"} {...rest} /> : null;
}

function TaskForm({ onClose, task, lead: given }: Omit<TaskDialogProps, "open">) {
  const me = useIdentity()?.user.id ?? "";
  const team = useQuery(teamQuery).data?.items ?? [];
  const [lead, setLead] = useState<ChosenLead | undefined>(task ? { id: task.lead_id, name: task.lead_name } : given);
  const create = useNewTask();
  const change = useChangeTask();
  const form = useForm<TaskValues>(
    task ? valuesOf(task) : newValues(me),
    async (values) => {
      if (task) await change.mutateAsync({ id: task.id, ...changesOf(task, values) });
      else if (lead) await create.mutateAsync(asNewTask(values, lead.id));
      toast(task ? "Task saved" : `Task planned for ${when(new Date(values.due))}`);
      onClose();
    },
    (values) => faults(values, lead?.id),
  );
  const { values, set, errors } = form;
  const kindIsFree = !task || (isByHand(task.kind) && !task.campaign_id && !task.message_id);
  const people = team.map((member) => ({
    value: member.id,
    label: member.id === me ? `${member.name} (you)` : member.name,
  }));
  const reminders = REMINDERS.some((r) => r.value === values.remind)
    ? REMINDERS
    : [...REMINDERS, { value: values.remind, label: `${values.remind} minutes before` }];
  return (
    <Dialog
      open
      onClose={onClose}
      title={task ? "Edit task" : "New task"}
      footer={
        <>
          <Button kind="primary" busy={form.busy} onClick={() => void form.submit()}>
            {task ? "Save" : "Create task"}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <form className="space-y-3.5" onSubmit={(e) => void form.submit(e)}>
        {task || given ? (
          <p className="font-medium">{lead?.name}</p>
        ) : (
          <LeadChoice lead={lead} error={errors.lead_id} onChoose={setLead} />
        )}
        {kindIsFree ? (
          <Segmented
            label="Kind"
            items={values.kind === "follow_up" ? [...KINDS, { id: "follow_up" as const, label: "Follow-up" }] : KINDS}
            value={values.kind}
            onChange={(kind) => set("kind", kind)}
          />
        ) : null}
        <Field label="Title" error={errors.title}>
          <Input value={values.title} maxLength={300} onChange={(e) => set("title", e.target.value)} />
        </Field>
        <Field label="Details" aside="optional" error={errors.body}>
          <TextArea rows={3} maxLength={4000} value={values.body} onChange={(e) => set("body", e.target.value)} />
        </Field>
        <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
          <Field label="Due" error={errors.due_at}>
            <Input type="datetime-local" value={values.due} onChange={(e) => set("due", e.target.value)} />
          </Field>
          <Field label="Owner" error={errors.owner}>
            <Select
              className="w-full"
              value={values.owner}
              placeholder="No owner"
              options={people}
              onValue={(owner) => set("owner", owner)}
            />
          </Field>
          <Field label="Reminder" error={errors.remind_minutes}>
            <Select
              className="w-full"
              value={values.remind}
              options={reminders}
              onValue={(remind) => set("remind", remind)}
            />
          </Field>
          <Field label="Repeat" error={errors["repeat.zone"] ?? errors.repeat}>
            <Select
              className="w-full"
              value={values.every}
              options={REPEATS}
              onValue={(every) => set("every", every)}
            />
          </Field>
          <Field label="Priority">
            <Select
              className="w-full"
              value={values.priority}
              options={[
                { value: "normal", label: "Normal" },
                { value: "high", label: "High" },
              ]}
              onValue={(priority) => set("priority", priority)}
            />
          </Field>
        </div>
        <FormProblem problem={form.problem} fields={FIELDS} />
        <button type="submit" className="sr-only" tabIndex={-1} aria-hidden="true">
          Save
        </button>
      </form>
    </Dialog>
  );
}
