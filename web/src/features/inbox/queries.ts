// The inbox at the API: conversations by folder, one thread, replies.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS, live } from "@/api/query";
import type { Schema } from "@/api/types";
import { listedWaiting, MOST_LISTED } from "@/app/waiting";
import type { Written } from "@/shared/editor/composer";

export type ConversationView = Schema["ConversationView"];

export type MessageView = Schema["MessageView"];

export type ThreadView = Schema["ThreadView"];

export type AnswerDraftView = Schema["AnswerDraftView"];

export type FolderName = Schema["Folder"] | "drafts" | "unmatched";

/** `drafts`: the open conversations in which the draft of an answer waits for approval. */
export const conversationsQuery = (folder: "open" | "done" | "drafts") =>
  queryOptions({
    queryKey: ["inbox", "list", folder],
    queryFn: async ({ signal, client: cache }) => {
      if (folder === "drafts") {
        const query = { limit: MOST_LISTED };
        const page = await unwrap(client.GET("/api/inbox/drafts", { params: { query }, signal }));
        return { ...page, items: page.items.map((one) => one.conversation) };
      }
      const query = { folder, limit: MOST_LISTED };
      const page = await unwrap(client.GET("/api/inbox", { params: { query }, signal }));
      return folder === "open" ? listedWaiting(cache, page) : page;
    },
    refetchInterval: live(LIVE_MS),
  });

export const threadQuery = (lead: string) =>
  queryOptions({
    queryKey: ["inbox", "thread", lead],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/inbox/{lead_id}", { params: { path: { lead_id: lead } }, signal })),
    refetchInterval: live(LIVE_MS),
  });

export function useInboxMoves() {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: ["inbox"] });
  const path = (lead: string) => ({ params: { path: { lead_id: lead } } });
  const asSeen = ({ lead_id, latest_answer }: ConversationView) => ({
    params: { path: { lead_id }, query: { seen: latest_answer ?? undefined } },
  });
  const answer = useMutation({
    mutationFn: ({ shown, written, at, to }: { shown: ConversationView; written: Written; at?: string; to?: string }) =>
      unwrap(
        client.POST("/api/inbox/{lead_id}/answer", {
          ...path(shown.lead_id),
          body: {
            channel: written.channel,
            subject: written.subject || undefined,
            text: written.text,
            to: written.channel === "email" ? to : undefined,
            account: written.account,
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

/** What a user decides about the draft of an answer. */
export function useDraftMoves() {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: ["inbox"] });
  const which = (draft: AnswerDraftView) => ({
    params: { path: { lead_id: draft.lead_id } },
    body: { message_id: draft.message_id },
  });
  const approve = useMutation({
    mutationFn: ({
      draft,
      text,
      to,
      account,
    }: {
      draft: AnswerDraftView;
      text: string;
      to?: string;
      account?: string;
    }) =>
      unwrap(
        client.POST("/api/inbox/drafts/{lead_id}/approve", {
          ...which(draft),
          body: { message_id: draft.message_id, text, to, account },
        }),
      ),
    onSettled,
  });
  const refuse = useMutation({
    mutationFn: (draft: AnswerDraftView) => unwrap(client.POST("/api/inbox/drafts/{lead_id}/refuse", which(draft))),
    onSettled,
  });
  const restore = useMutation({
    mutationFn: (draft: AnswerDraftView) => unwrap(client.POST("/api/inbox/drafts/{lead_id}/restore", which(draft))),
    onSettled,
  });
  const again = useMutation({
    mutationFn: (draft: AnswerDraftView) => unwrap(client.POST("/api/inbox/drafts/{lead_id}/again", which(draft))),
    onSettled,
  });
  return { approve, refuse, restore, again };
}
