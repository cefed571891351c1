// What a person is to do next for leads, on the board and in the list: the replies that wait, and the open tasks.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { client, unwrap } from "@/api/client";
import { LIVE_MS, live } from "@/api/query";
import type { Schema } from "@/api/types";
import { TASK_KIND_WORDS } from "@/app/tasks/kinds";

export interface NextStep {
  word: string;
  /** When it is due; a reply waits since it came. */
  due?: string;
}

type Task = Pick<Schema["TaskView"], "lead_id" | "kind" | "due_at" | "done_at">;

/** The first step of each lead: a reply that waits comes before tasks, and those are in the order of their times. */
export function nextSteps(tasks: readonly Task[], waiting: readonly { lead_id: string }[]): Map<string, NextStep> {
  const steps = new Map<string, NextStep>();
  for (const { lead_id } of waiting) steps.set(lead_id, { word: "Reply waits" });
  for (const { lead_id, kind, due_at, done_at } of tasks.toSorted((a, b) => a.due_at.localeCompare(b.due_at)))
    if (!done_at && !steps.has(lead_id)) steps.set(lead_id, { word: TASK_KIND_WORDS[kind], due: due_at });
  return steps;
}

const tasksQuery = queryOptions({
  queryKey: ["tasks", "board"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/tasks", { params: { query: { limit: 200 } }, signal })),
  refetchInterval: live(LIVE_MS * 2),
});

const waitingQuery = queryOptions({
  queryKey: ["inbox", "board"],
  queryFn: ({ signal }) =>
    unwrap(client.GET("/api/inbox", { params: { query: { folder: "open", limit: 100 } }, signal })),
  refetchInterval: live(LIVE_MS * 2),
});

/** One map for everybody who asks about the same answers: each cell of the list does. */
let known: { tasks?: readonly Task[]; waiting?: readonly { lead_id: string }[]; steps: Map<string, NextStep> } = {
  steps: new Map(),
};

export function useNextSteps(): Map<string, NextStep> {
  const tasks = useQuery(tasksQuery).data?.items;
  const waiting = useQuery(waitingQuery).data?.items;
  return useMemo(() => {
    if (known.tasks !== tasks || known.waiting !== waiting)
      known = { tasks, waiting, steps: nextSteps(tasks ?? [], waiting ?? []) };
    return known.steps;
  }, [tasks, waiting]);
}
