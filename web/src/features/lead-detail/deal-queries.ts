// The deals of a lead, and the changes that its page makes to them.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS, live, whileThere } from "@/api/query";
import type { Schema } from "@/api/types";

export type Deal = Schema["DealView"];

export const dealsQuery = (id: string) =>
  queryOptions({
    queryKey: ["leads", "deals", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/leads/{id}/deals", { params: { path: { id } }, signal })),
    refetchInterval: (query) => whileThere(live(LIVE_MS * 2)())(query),
  });

/** Adds, changes, closes, opens and deletes deals of a lead. */
export function useDealActions(lead: string) {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: ["leads"] });
  const of = (id: string) => ({ path: { id } });
  const add = useMutation({
    mutationFn: (body: Schema["NewDeal"]) => unwrap(client.POST("/api/leads/{id}/deals", { params: of(lead), body })),
    onSettled,
  });
  const change = useMutation({
    mutationFn: ({ id, ...body }: Schema["DealChanges"] & { id: string }) =>
      unwrap(client.PATCH("/api/deals/{id}", { params: of(id), body })),
    onSettled,
  });
  const win = useMutation({
    mutationFn: (id: string) => unwrap(client.POST("/api/deals/{id}/win", { params: of(id) })),
    onSettled,
  });
  const lose = useMutation({
    mutationFn: ({ id, lost_reason }: { id: string; lost_reason: string }) =>
      unwrap(client.POST("/api/deals/{id}/lose", { params: of(id), body: { lost_reason } })),
    onSettled,
  });
  const reopen = useMutation({
    mutationFn: (id: string) => unwrap(client.POST("/api/deals/{id}/reopen", { params: of(id) })),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE("/api/deals/{id}", { params: of(id) })),
    onSettled,
  });
  return { add, change, win, lose, reopen, remove };
}
