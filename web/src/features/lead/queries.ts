// One lead, everything that happened to it, and the changes its page makes.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { asProblem } from "@/api/errors";
import { LIVE_MS, whileThere } from "@/api/query";
import type { Channel, LeadRow, LeadStatus } from "@/api/types";
import type { HandedOver } from "@/app/story/call-back";
import type { Written } from "@/shared/editor/composer";

export interface FieldResult {
  field: "place" | "email_verification" | "first_line";
  status: "found" | "not_found" | "skipped" | "failed";
  value?: Record<string, unknown> | null;
  detail?: string | null;
  attempts: number;
  source: string;
  at: string;
}

export interface ChannelState {
  channel: Channel;
  open: boolean;
  closed_because?: string | null;
  /** For people: who asked for it, when and how. */
  told?: string | null;
}

/** Reasons that somebody asked for, or that stand on the list. */
const SILENT = ["do_not_contact", "address_suppressed"];

/** What keeps us from writing to them at all, or by one channel; none where everything is open. */
export function silenceOf(channels: ChannelState[] | undefined): { all: boolean; told: string } | undefined {
  const silent = channels?.filter((c) => SILENT.includes(c.closed_because ?? "") && c.told) ?? [];
  const first = silent[0];
  return first?.told ? { all: silent.length === channels?.length, told: first.told } : undefined;
}

export interface LeadDetail extends Omit<LeadRow, "zone"> {
  /** Whether what somebody writes to them would be sent. */
  channels?: ChannelState[];
  /** By their own automatic answer. */
  away?: { returns_on?: string | null; noted_at: string } | null;
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
  custom: Record<string, string>;
  zone?: { zone: string; source: string; confidence: number } | null;
  deliverability?: string | null;
  reasons: { points: number; reason: string }[];
  engagement: {
    opens: number;
    clicks: number;
    views: number;
    cta_clicks: number;
    replies: number;
    seconds_on_page: number;
    hot_since?: string | null;
  };
  enrichment: FieldResult[];
}

export const leadQuery = (id: string) =>
  queryOptions({
    queryKey: ["leads", "one", id],
    queryFn: ({ signal }) => unwrap<LeadDetail>(client.GET("/api/leads/{id}", { params: { path: { id } }, signal })),
    refetchInterval: whileThere(LIVE_MS * 2),
  });

/** The channels over which free words go to the lead by now; WhatsApp is one for a day after they wrote. */
export const openChannelsQuery = (id: string) =>
  queryOptions({
    queryKey: ["inbox", "channels", id],
    queryFn: async ({ signal }): Promise<Channel[]> => {
      try {
        const params = { path: { lead_id: id } };
        const thread = await unwrap<{ channels: { channel: Channel; open: boolean }[] }>(
          client.GET("/api/inbox/{lead_id}", { params, signal }),
        );
        return thread.channels.filter((c) => c.open).map((c) => c.channel);
      } catch (error) {
        // Nobody has written yet.
        if (asProblem(error).status === 404) return [];
        throw error;
      }
    },
  });

export const previewQuery = (id: string) =>
  queryOptions({
    queryKey: ["leads", "preview", id],
    queryFn: ({ signal }) =>
      unwrap<{ url: string; expires_at: string; revoked: boolean }>(
        client.GET("/api/leads/{id}/preview", { params: { path: { id } }, signal }),
      ),
    staleTime: 5 * 60_000,
  });

export function useLeadActions(id: string) {
  const cache = useQueryClient();
  const settled = () => cache.invalidateQueries({ queryKey: ["leads"] });
  const change = useMutation({
    mutationFn: (changes: Record<string, unknown> & { status?: LeadStatus }) =>
      unwrap(client.PATCH("/api/leads/{id}", { params: { path: { id } }, body: changes })),
    onSettled: settled,
  });
  const note = useMutation({
    mutationFn: (text: string) =>
      unwrap(client.POST("/api/leads/{id}/notes", { params: { path: { id } }, body: { text } })),
    onSettled: settled,
  });
  const send = useMutation({
    mutationFn: ({ w, at }: { w: Written; at?: string }) =>
      unwrap<HandedOver>(
        client.POST("/api/emails/send", {
          body: { lead_id: id, channel: w.channel, subject: w.subject || undefined, body: w.text, send_at: at },
        }),
      ),
    onSettled: settled,
  });
  const stop = useMutation({
    mutationFn: () => unwrap<{ ended: string[] }>(client.POST("/api/leads/{id}/stop", { params: { path: { id } } })),
    onSettled: settled,
  });
  return { change, note, send, stop };
}
