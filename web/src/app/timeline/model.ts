// A lead's timeline as the API returns it.
import type { Schema } from "@/api/types";
import type { StepIcon } from "@/shared/lib/step-kinds";

export type IconName =
  | StepIcon
  | "visit"
  | "hot"
  | "note"
  | "status"
  | "payment"
  | "enrol"
  | "stop"
  | "import"
  | "reply"
  | "enrichment"
  | "system";

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
