// The pipeline: stages and lost reasons as the dialogs edit them and as they are sent.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { stagesQuery } from "@/app/shared-queries";
import { type Stage, stagesStore } from "@/shared/lib/stages";

export type Pipeline = Schema["StagesView"];
export type LostReason = Schema["LostReason"];
type Body = Schema["StagesBody"];

/** Stages to which the app itself moves leads, and where every lead ends: they are renamed and not deleted. */
const NEEDED = ["new", "contacted", "replied", "won", "lost"];

export const mayDelete = (id: string) => !NEEDED.includes(id);
export const isClosed = (id: string) => id === "won" || id === "lost";

/** The open stages, which are put in order; won and lost stay last. */
export const openStages = (stages: readonly Stage[]) => stages.filter(({ id }) => !isClosed(id));

export const bodyOf = ({ stages, lost_reasons, rev }: Pipeline): Body => ({ stages, lost_reasons, rev });

export interface StageDraft {
  name: string;
  probability: string;
  days: string;
}

export const EMPTY_STAGE: StageDraft = { name: "", probability: "50", days: "14" };

export const draftOf = (stage: Stage): StageDraft => ({
  name: stage.name,
  probability: String(stage.probability),
  days: stage.stale_after_days ? String(stage.stale_after_days) : "",
});

const isWhole = (text: string, least: number, most: number) =>
  /^\d+$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;

export function checkStage({ name, probability, days }: StageDraft): Record<string, string> {
  return {
    ...(name.trim() ? {} : { name: "Enter a name" }),
    ...(isWhole(probability, 0, 100) ? {} : { probability: "Enter a whole number from 0 to 100" }),
    ...(!days.trim() || isWhole(days, 1, 365) ? {} : { days: "Enter 1 to 365 days, or nothing" }),
  };
}

export const stageBody = (draft: StageDraft, id?: string): Body["stages"][number] => ({
  ...(id ? { id } : {}),
  name: draft.name.trim(),
  probability: Number(draft.probability),
  stale_after_days: draft.days.trim() ? Number(draft.days) : null,
});

/** What a stage says of itself below its name. */
export function stageWords({ id, probability, stale_after_days }: Stage): string {
  if (id === "won") return "The stage of leads that became clients";
  if (id === "lost") return "Asks for a reason";
  return `${probability} % likely, ${stale_after_days ? `stale after ${stale_after_days} days` : "never stale"}`;
}

export function useSavePipeline() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: Body) => unwrap(client.PUT("/api/stages", { body })),
    onSuccess: (next) => {
      cache.setQueryData(stagesQuery.queryKey, next);
      stagesStore.set(next);
    },
    onError: () => cache.invalidateQueries({ queryKey: stagesQuery.queryKey }),
  });
}

const AT_ONCE = 200;

/** Moves all leads of a stage to another one, page by page; tells how many were moved so far. */
export async function moveAll(from: string, to: string, onMoved: (leads: number) => void): Promise<void> {
  let cursor: string | undefined;
  let moved = 0;
  do {
    const query = { status: from, limit: AT_ONCE, cursor, sort: "created" };
    const page = await unwrap(client.GET("/api/leads", { params: { query } }));
    if (page.items.length) {
      const action = { do: "status" as const, status: to };
      const body = { ids: page.items.map(({ id }) => id), action };
      moved += (await unwrap(client.POST("/api/leads/bulk", { body }))).changed;
      onMoved(moved);
    }
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
}

/** The number of leads in a stage. */
export const leadsIn = async (stage: string, signal?: AbortSignal): Promise<number> =>
  (await unwrap(client.GET("/api/leads", { params: { query: { status: stage, limit: 1 } }, signal }))).total ?? 0;
