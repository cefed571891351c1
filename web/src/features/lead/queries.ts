// One lead, everything that happened to it, and the changes its page makes.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS } from "@/api/query";
import type { LeadRow, LeadStatus, Page } from "@/api/types";
import type { TimelineEntry } from "@/app/story/model";
import type { Written } from "@/shared/editor/composer";

export interface ScoreReason {
  label: string;
  points: number;
}

export interface FieldResult {
  field: "place" | "email_verification" | "first_line";
  status: "found" | "not_found" | "skipped" | "failed";
  value?: Record<string, unknown> | null;
  reason?: string | null;
  error?: string | null;
  attempts?: number | null;
  source: string;
  at: string;
}

export interface EnrolmentView {
  campaign_id: string;
  campaign_name: string;
  state: "pending" | "scheduled" | "claimed" | "held" | "ended";
  reason?: string | null;
  until?: string | null;
  step: number;
  steps: number;
  due?: string | null;
  version: number;
}

export interface LeadDetail extends LeadRow {
  first_name?: string | null;
  last_name?: string | null;
  job_title?: string | null;
  phone_unparsed?: string | null;
  website?: string | null;
  address?: string | null;
  rating?: number | null;
  reviews?: number | null;
  notes?: string | null;
  source?: string | null;
  custom?: Record<string, string>;
  zone_source?: string | null;
  deliverability?: string | null;
  score_reasons?: ScoreReason[];
  enrichment?: FieldResult[];
  enrolments?: EnrolmentView[];
  preview_url?: string | null;
}

export const leadQuery = (id: string) =>
  queryOptions({
    queryKey: ["leads", "one", id],
    queryFn: ({ signal }) => unwrap<LeadDetail>(client.GET("/api/leads/{id}", { params: { path: { id } }, signal })),
    refetchInterval: LIVE_MS * 2,
  });

export const timelineQuery = (id: string) =>
  queryOptions({
    queryKey: ["leads", "timeline", id],
    queryFn: ({ signal }) =>
      unwrap<Page<TimelineEntry>>(client.GET("/api/leads/{id}/timeline", { params: { path: { id }, query: { limit: 200 } }, signal })),
    refetchInterval: LIVE_MS,
  });

export function useLeadActions(id: string) {
  const cache = useQueryClient();
  const settled = () => cache.invalidateQueries({ queryKey: ["leads"] });
  const change = useMutation({
    mutationFn: (changes: Record<string, unknown> & { status?: LeadStatus }) => unwrap(client.PATCH("/api/leads/{id}", { params: { path: { id } }, body: changes })),
    onSettled: settled,
  });
  const note = useMutation({
    mutationFn: (text: string) => unwrap(client.POST("/api/leads/{id}/notes", { params: { path: { id } }, body: { text } })),
    onSettled: settled,
  });
  const send = useMutation({
    mutationFn: (w: Written) => unwrap(client.POST("/api/emails/send", { body: { lead_id: id, channel: w.channel, subject: w.subject, text: w.text } })),
    onSettled: settled,
  });
  return { change, note, send };
}
