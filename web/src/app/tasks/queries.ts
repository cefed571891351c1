// Tasks at the API: the open ones, one of them, and closing it.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS } from "@/api/query";
import type { Page, Schema } from "@/api/types";

export type TaskView = Schema["TaskView"];

export type TaskOutcome = Schema["TaskOutcome"];

export const tasksQuery = queryOptions({
  queryKey: ["tasks"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/tasks", { params: { query: { limit: 50 } }, signal })),
  refetchInterval: LIVE_MS * 2,
});

export const taskQuery = (id: string) =>
  queryOptions({
    queryKey: ["task", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/tasks/{id}", { params: { path: { id } }, signal })),
    staleTime: LIVE_MS,
  });

export function useTaskDone() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string; done: boolean; outcome?: TaskOutcome }) =>
      unwrap(client.PATCH("/api/tasks/{id}", { params: { path: { id } }, body })),
    onMutate: async ({ id, done }) => {
      await cache.cancelQueries({ queryKey: ["tasks"] });
      const before = cache.getQueryData<Page<TaskView>>(["tasks"]);
      if (before && done)
        cache.setQueryData<Page<TaskView>>(["tasks"], { ...before, items: before.items.filter((t) => t.id !== id) });
      return { before };
    },
    onError: (_e, _v, context) => cache.setQueryData(["tasks"], context?.before),
    onSettled: (_d, _e, { id }) => {
      void cache.invalidateQueries({ queryKey: ["tasks"] });
      void cache.invalidateQueries({ queryKey: ["task", id] });
      void cache.invalidateQueries({ queryKey: ["leads"] });
    },
  });
}
