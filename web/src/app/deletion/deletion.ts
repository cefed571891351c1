// Leads that are deleted: their list, bringing one back, and erasing one for good.
import { infiniteQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { lookAgain } from "./look-again";

export type DeletedLead = Schema["DeletedLeadView"];

export const deletedLeadsQuery = infiniteQueryOptions({
  queryKey: ["leads", "deleted"],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam: cursor, signal }) =>
    unwrap(client.GET("/api/leads/deleted", { params: { query: { cursor } }, signal })),
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

const one = (id: string) => ({ params: { path: { id } } });

export function useDeletion() {
  const cache = useQueryClient();
  const onSettled = () => lookAgain(cache);
  const restore = useMutation({
    mutationFn: (id: string) => unwrap(client.POST("/api/leads/{id}/restore", one(id))),
    onSettled,
  });
  const erase = useMutation({
    mutationFn: async (id: string) => {
      await unwrap(client.POST("/api/leads/{id}/erase", one(id)));
    },
    onSettled,
  });
  return { restore, erase };
}
