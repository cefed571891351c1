// The kinds of tasks in a word.
import type { TaskView } from "./queries";

export const TASK_KIND_WORDS: Record<TaskView["kind"], string> = {
  hot_lead: "Call",
  follow_up: "Follow-up",
  resolve_uncertain: "Uncertain",
  churn_risk: "Churn risk",
  answer_dispute: "Dispute",
  possible_opt_out: "Opt-out?",
  meeting: "Meeting",
  manual: "Task",
  call: "Call",
  email: "E-mail",
  linkedin: "LinkedIn",
  whatsapp: "WhatsApp",
};

/** The kinds in groups, by which a list of tasks is filtered. */
export type TaskGroup = "calls" | "follow_ups" | "messages" | "meetings" | "other";

const GROUPS: Record<TaskView["kind"], TaskGroup> = {
  hot_lead: "calls",
  call: "calls",
  follow_up: "follow_ups",
  email: "messages",
  linkedin: "messages",
  whatsapp: "messages",
  meeting: "meetings",
  resolve_uncertain: "other",
  churn_risk: "other",
  answer_dispute: "other",
  possible_opt_out: "other",
  manual: "other",
};

export const TASK_GROUP_WORDS: Record<TaskGroup, string> = {
  calls: "Calls",
  follow_ups: "Follow-ups",
  messages: "Messages by hand",
  meetings: "Meetings",
  other: "Other tasks",
};

export const groupOf = (task: Pick<TaskView, "kind">): TaskGroup => GROUPS[task.kind];
