// A lead's timeline as the API tells it.
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

/** A step's kind, or the task's own where it is one. */
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

/** The schema leaves the kind open where steps are told of. */
export const stepIcon = (kind: string): IconName => (STEP_ICONS as Partial<Record<string, IconName>>)[kind] ?? "task";

/** What is written by hand is sent when its task is done. */
export const TASK_DONE_WORDS: Partial<Record<Schema["TaskKind"], string>> = { whatsapp: "Sent", linkedin: "Sent" };

export type TimelineMessage = Schema["TimelineMessage"];

export type Action = Schema["Action"];

/** What one action of a rule came to. */
export type RuleEffect = Schema["RuleEffect"];

export type TimelineEntry = Schema["TimelineEntry"];

/** What became of one step. */
export type LineStep = Schema["LineStep"];

export type LeadEnrolment = Schema["LeadEnrolment"];
