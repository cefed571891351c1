// A lead's timeline as the API tells it, turned into what is shown: tone, title, note, quote.
import type { StationTone } from "@/shared/ui/timeline";

export interface TimelineEntry {
  id: string;
  at: string;
  kind: string;
  planned?: boolean;
  channel?: "email" | "sms" | null;
  campaign_name?: string | null;
  step?: number | null;
  subject?: string | null;
  text?: string | null;
  state?: string | null;
  opens?: number | null;
  clicks?: number | null;
  machine_events?: number | null;
  reply?: string | null;
  failure?: string | null;
  actor_name?: string | null;
  detail?: Record<string, unknown> | null;
}

export type IconName = "email" | "sms" | "visit" | "hot" | "note" | "status" | "task" | "payment" | "enrol" | "stop" | "import" | "reply" | "enrichment" | "system";

export interface Told {
  id: string;
  at: string;
  planned: boolean;
  tone: StationTone;
  icon: IconName;
  title: string;
  note?: string;
  detail?: string;
  quote?: string;
}

