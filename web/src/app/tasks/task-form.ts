// A task as its dialog holds it, and as the API takes it.
import { serverNow } from "@/api/clock";
import type { Schema } from "@/api/types";
import { localInput, morning } from "@/shared/lib/morning";
import type { TaskChanges, TaskView } from "./queries";

export type TaskKindByHand = "call" | "email" | "manual" | "follow_up";

export interface TaskValues {
  kind: TaskKindByHand;
  title: string;
  body: string;
  /** As the browser's date field holds it. */
  due: string;
  owner: string;
  priority: Schema["Priority"];
  every: Schema["RepeatEvery"] | "never";
  /** Minutes before it is due; "" for no reminder. */
  remind: string;
}

export const KINDS: { id: TaskKindByHand; label: string }[] = [
  { id: "call", label: "Call" },
  { id: "email", label: "E-mail" },
  { id: "manual", label: "To-do" },
];

export const REPEATS: { value: TaskValues["every"]; label: string }[] = [
  { value: "never", label: "Does not repeat" },
  { value: "day", label: "Every day" },
  { value: "weekday", label: "Every weekday" },
  { value: "week", label: "Every week" },
  { value: "month", label: "Every month" },
];

export const REMINDERS: { value: string; label: string }[] = [
  { value: "none", label: "No reminder" },
  { value: "0", label: "When it is due" },
  { value: "15", label: "15 minutes before" },
  { value: "60", label: "1 hour before" },
  { value: "1440", label: "1 day before" },
];

export const readerZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

export function newValues(owner: string, kind: TaskKindByHand = "call"): TaskValues {
  const due = localInput(morning(1, new Date(serverNow())));
  return { kind, title: "", body: "", due, owner, priority: "normal", every: "never", remind: "none" };
}

/** Kinds that a user may choose; a task that an event made keeps its own. */
export const isByHand = (kind: TaskView["kind"]): kind is TaskKindByHand =>
  kind === "call" || kind === "email" || kind === "manual" || kind === "follow_up";

export const valuesOf = (t: TaskView): TaskValues => ({
  kind: isByHand(t.kind) ? t.kind : "manual",
  title: t.title,
  body: t.body,
  due: localInput(t.due_at),
  owner: t.owner ?? "",
  priority: t.priority,
  every: t.repeat?.every ?? "never",
  remind: t.remind_minutes === null || t.remind_minutes === undefined ? "none" : String(t.remind_minutes),
});

/** The errors of what was filled in, by field. */
export function faults(values: TaskValues, lead: string | undefined): Record<string, string> {
  const errors: Record<string, string> = {};
  if (!lead) errors.lead_id = "Choose a lead.";
  if (!values.title.trim()) errors.title = "Enter what is to be done.";
  if (Number.isNaN(new Date(values.due).getTime())) errors.due_at = "Choose a day and a time.";
  return errors;
}

const repeatOf = (every: TaskValues["every"]) => (every === "never" ? null : { every, zone: readerZone() });
const minutesOf = (remind: string) => (remind === "none" ? null : Number(remind));

export const asNewTask = (values: TaskValues, lead_id: string): Schema["NewTask"] => ({
  lead_id,
  kind: values.kind,
  title: values.title.trim(),
  body: values.body.trim() || null,
  due_at: new Date(values.due).toISOString(),
  owner: values.owner || null,
  priority: values.priority,
  repeat: repeatOf(values.every),
  remind_minutes: minutesOf(values.remind),
});

/** What differs: fields that were not touched are left as they are. */
export function changesOf(before: TaskView, values: TaskValues): TaskChanges {
  const was = valuesOf(before);
  return {
    ...(values.kind !== was.kind ? { kind: values.kind } : {}),
    ...(values.title.trim() !== was.title ? { title: values.title.trim() } : {}),
    ...(values.body !== was.body ? { body: values.body.trim() } : {}),
    ...(values.due !== was.due ? { due_at: new Date(values.due).toISOString() } : {}),
    ...(values.owner !== was.owner ? { owner: values.owner || null } : {}),
    ...(values.priority !== was.priority ? { priority: values.priority } : {}),
    // A series follows the time that its task is given.
    ...(values.every !== was.every || (values.due !== was.due && values.every !== "never")
      ? { repeat: repeatOf(values.every) }
      : {}),
    ...(values.remind !== was.remind ? { remind_minutes: minutesOf(values.remind) } : {}),
  };
}
