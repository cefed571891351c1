// The API's shapes by the names the pages use.
import type { components } from "./schema";

export type LeadStatus = "new" | "contacted" | "replied" | "qualified" | "won" | "lost";
export type Temperature = "hot" | "warm" | "cold";
export type Channel = "email" | "sms" | "whatsapp";
export type CampaignState = "draft" | "active" | "paused" | "completed" | "archived";

export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
  total?: number | null;
}

export interface LeadRow {
  id: string;
  name: string;
  company?: string | null;
  email?: string | null;
  phone?: string | null;
  city?: string | null;
  country?: string | null;
  category?: string | null;
  zone?: string | null;
  status: LeadStatus;
  priority: "normal" | "high";
  do_not_contact: boolean;
  owner?: string | null;
  tags: string[];
  score: number;
  temperature: Temperature;
  active: string[];
  follow_up_at?: string | null;
  last_contacted_at?: string | null;
  created_at: string;
  updated_at: string;
  rev: number;
}

export interface CampaignView {
  /** What somebody has said of those who were late then. */
  late_answer?: { planned_before: string; then: "hold" | "send" | "skip" } | null;
  id: string;
  name: string;
  state: CampaignState | "pausing";
  state_since: string;
  /** Of a pause: it goes on by itself then. */
  paused_until?: string | null;
  sequence_id: string;
  sequence_version: number;
  mailbox_ids: string[];
  when_mailbox_gone: "hold" | "reassign" | "exit";
  sms_sender_id?: string | null;
  whatsapp_sender_id?: string | null;
  zone: string;
  lead_tag?: string | null;
  only_verified: boolean;
  promotes_winner: boolean;
  evergreen?: components["schemas"]["Evergreen"] | null;
  created_at: string;
  launched_at?: string | null;
  rev: number;
}

/** Where one lead stands in one campaign. */
export interface EnrolmentView {
  lead_id: string;
  lead_name: string;
  company?: string | null;
  campaign_id: string;
  state: "pending" | "scheduled" | "sending" | "waiting_task" | "held" | "ended";
  hold_reason?: string | null;
  held_until?: string | null;
  end_reason?: string | null;
  /** It begins once the message that is under way is settled. */
  pause_wanted?: { until?: string | null } | null;
  version: number;
  bound_for?: number | null;
  step: number;
  step_id?: string | null;
  step_kind?: string | null;
  task?: string | null;
  due?: string | null;
  attempts: number;
  enrolled_at: string;
  ended_at?: string | null;
}
