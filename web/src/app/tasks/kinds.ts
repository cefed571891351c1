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
