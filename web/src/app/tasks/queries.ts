// Tasks at the API: the open ones, one of them, planning, changing and closing it.
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS, live } from "@/api/query";
import type { Page, Schema } from "@/api/types";

export type TaskView = Schema["TaskView"];

export const isCall = (t: Pick<TaskView, "kind">) => t.kind === "call" || t.kind === "hot_lead";

export type TaskOutcome = Schema["TaskOutcome"];

export type TaskChanges = Schema["TaskChanges"];

/** Whose tasks a list shows: the user's with those of nobody, whom they wait for as well, or everybody's. */
export type TasksOf = "mine" | "all";

const list = (of: TasksOf) =>
  queryOptions({
    queryKey: ["tasks", of],
    queryFn: ({ signal }) => {
      const query = of === "mine" ? { limit: 50, owner: "me", unowned: true } : { limit: 50 };
      return unwrap(client.GET("/api/tasks", { params: { query }, signal }));
    },
    refetchInterval: live(LIVE_MS * 2),
    placeholderData: keepPreviousData,
  });

export const tasksQuery = list("all");

export const myTasksQuery = list("mine");

export const taskQuery = (id: string) =>
  queryOptions({
    queryKey: ["task", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/tasks/{id}", { params: { path: { id } }, signal })),
    staleTime: LIVE_MS,
  });

/** What is shown of tasks anywhere is asked for again. */
function useLookAgain() {
  const cache = useQueryClient();
  return (id?: string) => {
    for (const queryKey of [["tasks"], ["calls"], ["leads"], ...(id ? [["task", id]] : [])])
      void cache.invalidateQueries({ queryKey });
  };
}

export function useNewTask() {
  const lookAgain = useLookAgain();
  return useMutation({
    mutationFn: (body: Schema["NewTask"]) => unwrap(client.POST("/api/tasks", { body })),
    onSettled: () => lookAgain(),
  });
}

/** Changes a task. One that is closed leaves the lists at once. */
export function useChangeTask() {
  const cache = useQueryClient();
  const lookAgain = useLookAgain();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string } & TaskChanges) =>
      unwrap(client.PATCH("/api/tasks/{id}", { params: { path: { id } }, body })),
    onMutate: async ({ id, done }) => {
      await cache.cancelQueries({ queryKey: ["tasks"] });
      const before = cache.getQueriesData<Page<TaskView>>({ queryKey: ["tasks"] });
      if (done)
        cache.setQueriesData<Page<TaskView>>(
          { queryKey: ["tasks"] },
          (page) => page && { ...page, items: page.items.filter((t) => t.id !== id) },
        );
      return { before };
    },
    onError: (_e, _v, context) => {
      for (const [key, page] of context?.before ?? []) cache.setQueryData(key, page);
    },
    onSettled: (_d, _e, { id }) => lookAgain(id),
  });
}

export function useDeleteTask() {
  const lookAgain = useLookAgain();
  return useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE("/api/tasks/{id}", { params: { path: { id } } })),
    onSettled: (_d, _e, id) => lookAgain(id),
  });
}
