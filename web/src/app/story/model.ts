// A lead's timeline as the API tells it.
import type { Channel } from "@/api/types";
import type { Failure } from "@/shared/lib/failures";

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
export const TASK_DONE_WORDS: Record<string, string> = { whatsapp: "Sent", linkedin: "Sent" };

export interface TimelineMessage {
  id: string;
  direction: "out" | "in";
  channel: Channel;
  state: string;
  campaign?: string | null;
  step?: number | null;
  subject: string;
  text: string;
  /** It went to one of our own mailboxes. */
  test?: boolean;
  reply?: string | null;
  failure?: Failure | null;
  opens: number;
  clicks: number;
  machine_events: number;
  planned_for?: string | null;
  delivered_at?: string | null;
  first_opened_at?: string | null;
  first_clicked_at?: string | null;
}

export type Action =
  | { action: "opened" }
  | { action: "clicked"; url: string }
  | { action: "preview_viewed"; session: string }
  | { action: "time_on_page"; session: string; seconds: number }
  | { action: "call_to_action"; session: string; target: string }
  | { action: "replied" };

/** What one action of a rule came to. */
export type RuleEffect =
  | { did: "stopped" }
  | { did: "enrolled"; campaign: string; outcome: string }
  | { did: "task_created"; title: string }
  | { did: "notified" };

export type Happening =
  | { kind: "created"; source?: string | null }
  | { kind: "message"; message: TimelineMessage }
  | { kind: "engaged"; action: Action; verdict: string; message?: string | null }
  | { kind: "turned_hot"; views: number }
  | { kind: "status_changed"; from: string; to: string }
  | { kind: "note"; text: string }
  | { kind: "suppressed"; reason: string }
  | { kind: "paid"; amount_minor: number; currency: string }
  | { kind: "rule_carried_out"; rule: string; name: string; effects: RuleEffect[] }
  | { kind: "enriched"; field: string; status: string; detail?: string | null; source: string }
  | { kind: "enrolled"; campaign: string; campaign_name: string }
  | { kind: "sequence_ended"; campaign: string; campaign_name: string; reason: string }
  | { kind: "task"; task: string; task_kind: string; title: string; done: boolean; outcome?: string | null }
  | {
      kind: "planned_step";
      campaign: string;
      campaign_name: string;
      step: number;
      step_kind: string;
      subject: string;
    }
  | { kind: "follow_up" };

export type TimelineEntry = Happening & { id: string; at: string; planned: boolean; user?: string | null };

/** What became of one step. */
export interface LineStep {
  kind: string;
  state: "done" | "failed" | "skipped" | "planned";
  /** Of one that was skipped, where it can be told. */
  why?: string | null;
}

export interface LeadEnrolment {
  campaign: string;
  campaign_name: string;
  campaign_state?: string | null;
  state: "pending" | "scheduled" | "sending" | "waiting_task" | "held" | "ended";
  hold_reason?: string | null;
  held_until?: string | null;
  end_reason?: string | null;
  pause_wanted: boolean;
  step: number;
  steps: number;
  line: LineStep[];
  due?: string | null;
  version: number;
}

export interface TimelineView {
  items: TimelineEntry[];
  enrolments: LeadEnrolment[];
}
