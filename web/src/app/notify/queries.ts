// The bell's list: notifications for the user, newest first.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { live, SLOW_MS } from "@/api/query";
import type { Schema } from "@/api/types";

export type NotificationView = Schema["NotificationView"];

export const notificationsQuery = queryOptions({
  queryKey: ["notifications"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/notifications", { params: { query: { limit: 30 } }, signal })),
  refetchInterval: live(SLOW_MS / 2),
});

export function useMarkRead() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string | "all") =>
      unwrap(client.POST("/api/notifications/read", { body: id === "all" ? {} : { ids: [id] } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["notifications"] }),
  });
}
