// The inbox at the API: conversations by folder, one thread, answers.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS } from "@/api/query";
import type { Channel, Page } from "@/api/types";
import { listedWaiting, MOST_LISTED } from "@/app/waiting";
import type { Written } from "@/shared/editor/composer";
import type { Failure } from "@/shared/lib/failures";

export interface ConversationView {
  lead_id: string;
  lead_name: string;
  folder: "open" | "done";
  channel: Channel;
  last_direction: "in" | "out";
  last_at: string;
  snippet: string;
  unread: number;
  kind?: string | null;
  assignee?: string | null;
  /** Sent back as seen, it leaves open what has come in since. */
  latest_answer?: string | null;
}

export interface MessageView {
  id: string;
  direction: "in" | "out";
  channel: Channel;
  state: string;
  from: string;
  to: string;
  subject: string;
  text: string;
  step?: number | null;
  campaign_name?: string | null;
  reply?: string | null;
  opens?: number;
  clicks?: number;
  failure?: Failure | null;
  created_at: string;
  planned_for?: string | null;
}

export interface ThreadView {
  conversation: ConversationView;
  lead: {
    id: string;
    name: string;
    company?: string | null;
    email?: string | null;
    phone?: string | null;
    score: number;
    status: string;
    zone?: string | null;
    do_not_contact: boolean;
  };
  messages: MessageView[];
  /** Sequences that ended for this lead, latest first. */
  stopped: { campaign_id: string; campaign_name?: string | null; reason: string; at?: string | null }[];
  channels: { channel: Channel; open: boolean; closed_because?: string | null; told?: string | null }[];
}

export interface UnmatchedView {
  id: string;
  channel: Channel;
  from: string;
  subject: string;
  text: string;
  received_at: string;
}

export type FolderName = "open" | "done" | "unmatched";

export const conversationsQuery = (folder: "open" | "done") =>
  queryOptions({
    queryKey: ["inbox", "list", folder],
    queryFn: async ({ signal, client: cache }) => {
      const query = { folder, limit: MOST_LISTED };
      const page = await unwrap<Page<ConversationView>>(client.GET("/api/inbox", { params: { query }, signal }));
      return folder === "open" ? listedWaiting(cache, page) : page;
    },
    refetchInterval: LIVE_MS,
  });

export const unmatchedQuery = queryOptions({
  queryKey: ["inbox", "list", "unmatched"],
  queryFn: ({ signal }) =>
    unwrap<Page<UnmatchedView>>(client.GET("/api/inbox/unmatched", { params: { query: { limit: 100 } }, signal })),
});

export const threadQuery = (lead: string) =>
  queryOptions({
    queryKey: ["inbox", "thread", lead],
    queryFn: ({ signal }) =>
      unwrap<ThreadView>(client.GET("/api/inbox/{lead_id}", { params: { path: { lead_id: lead } }, signal })),
    refetchInterval: LIVE_MS,
  });

export function useInboxMoves() {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: ["inbox"] });
  const path = (lead: string) => ({ params: { path: { lead_id: lead } } });
  const asSeen = ({ lead_id, latest_answer }: ConversationView) => ({
    params: { path: { lead_id }, query: { seen: latest_answer ?? undefined } },
  });
  const answer = useMutation({
    mutationFn: ({ shown, written, at }: { shown: ConversationView; written: Written; at?: string }) =>
      unwrap<MessageView>(
        client.POST("/api/inbox/{lead_id}/answer", {
          ...path(shown.lead_id),
          body: {
            channel: written.channel,
            subject: written.subject || undefined,
            text: written.text,
            send_at: at,
            seen: shown.latest_answer,
          },
        }),
      ),
    onSettled,
  });
  const file = useMutation({
    mutationFn: ({ shown, folder }: { shown: ConversationView; folder: "open" | "done" }) =>
      unwrap(
        folder === "done"
          ? client.POST("/api/inbox/{lead_id}/done", asSeen(shown))
          : client.POST("/api/inbox/{lead_id}/reopen", path(shown.lead_id)),
      ),
    onSettled,
  });
  const read = useMutation({
    mutationFn: (shown: ConversationView) => unwrap(client.POST("/api/inbox/{lead_id}/read", asSeen(shown))),
    onSettled,
  });
  return { answer, file, read };
}
