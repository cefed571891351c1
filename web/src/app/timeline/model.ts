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

const STEP_ICONS = ["email", "sms", "task", "call", "linkedin", "whatsapp", "wait", "branch", "goal", "end"] as const;

/** A step's kind, or the task's own where it is one. */
export const stepIcon = (kind: string): IconName => STEP_ICONS.find((known) => known === kind) ?? "task";

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
