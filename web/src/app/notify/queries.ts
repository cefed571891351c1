// The bell's list: what a person should know, newest first.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { SLOW_MS } from "@/api/query";

export interface NotificationView {
  id: string;
  kind:
    | "hot_lead"
    | "reply"
    | "payment"
    | "import_finished"
    | "health"
    | "rule"
    | "variant_ahead"
    | "not_sent"
    | "late";
  title: string;
  detail: string;
  lead_id?: string | null;
  created_at: string;
  read_at?: string | null;
}

export const notificationsQuery = queryOptions({
  queryKey: ["notifications"],
  queryFn: ({ signal }) =>
    unwrap<{ items: NotificationView[]; unread?: number }>(
      client.GET("/api/notifications", { params: { query: { limit: 30 } }, signal }),
    ),
  refetchInterval: SLOW_MS / 2,
});

export function useMarkRead() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string | "all") =>
      unwrap(client.POST("/api/notifications/read", { body: id === "all" ? {} : { ids: [id] } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["notifications"] }),
  });
}
