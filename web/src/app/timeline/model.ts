// A lead's timeline as the API returns it.
import type { Schema } from "@/api/types";

export type IconName =
  | "email"
  | "sms"
  | "visit"
  | "hot"
  | "note"
  | "status"
  | "task"
  | "payment"
  | "enrol"
  | "stop"
  | "import"
  | "reply"
  | "enrichment"
  | "call"
  | "linkedin"
  | "whatsapp"
  | "wait"
  | "branch"
  | "goal"
  | "end"
  | "system";

/** A step's kind, or the task's own kind where the step is a task. */
const STEP_ICONS: Record<Schema["StepKind"]["kind"] | Schema["StepTask"], IconName> = {
  email: "email",
  sms: "sms",
  whatsapp: "whatsapp",
  task: "task",
  generic: "task",
  call: "call",
  linkedin: "linkedin",
  wait: "wait",
  branch: "branch",
  goal: "goal",
  end: "end",
};

/** The schema leaves the kind open where it describes steps. */
export const stepIcon = (kind: string): IconName => (STEP_ICONS as Partial<Record<string, IconName>>)[kind] ?? "task";

/** The word for a done task in which the user wrote a message by hand. */
export const TASK_DONE_WORDS: Partial<Record<Schema["TaskKind"], string>> = { whatsapp: "Sent", linkedin: "Sent" };

export type TimelineMessage = Schema["TimelineMessage"];

export type Action = Schema["Action"];

/** The result of one action of a rule. */
export type RuleEffect = Schema["RuleEffect"];

export type TimelineEntry = Schema["TimelineEntry"];

/** The result of one step. */
export type LineStep = Schema["LineStep"];

export type LeadEnrolment = Schema["LeadEnrolment"];
