// The workspace's stages and lost reasons, with the names that its admins gave them: the usual ones until they are read.
import type { LeadStatus, Schema } from "@/api/types";
import { words } from "./format";
import { createStore, useStore } from "./store";

export type Stages = Pick<Schema["StagesView"], "stages" | "lost_reasons">;
export type Stage = Schema["Stage"];
export type LostReasonId = Schema["LostReasonId"];

const stage = (id: string, probability: number, stale_after_days: number | null = null): Stage => ({
  id,
  name: words(id),
  probability,
  stale_after_days,
});

const USUAL: Stages = {
  stages: [
    stage("new", 5),
    stage("contacted", 10, 30),
    stage("replied", 30, 7),
    stage("qualified", 60, 14),
    stage("won", 100),
    stage("lost", 0),
  ],
  lost_reasons: ["too_early", "too_expensive", "has_another_tool", "no_answer", "not_a_fit", "other"].map((id) => ({
    id,
    name: words(id),
  })),
};

export const stagesStore = createStore<Stages>(USUAL);

/** Whether the workspace's stages were read; until then the usual ones are there. */
export const areStagesRead = () => stagesStore.get() !== USUAL;

/** The stages; the component is drawn again when they change. */
export const useStages = () => useStore(stagesStore);

export const stageOf = (id: LeadStatus): Stage | undefined => stagesStore.get().stages.find((s) => s.id === id);

export const stageWord = (id: LeadStatus): string => stageOf(id)?.name ?? "Deleted stage";

export const stageOptions = () => stagesStore.get().stages.map(({ id, name }) => ({ value: id, label: name }));

export const reasonOptions = () => stagesStore.get().lost_reasons.map(({ id, name }) => ({ value: id, label: name }));

export const reasonWord = (id: LostReasonId): string =>
  stagesStore.get().lost_reasons.find((reason) => reason.id === id)?.name ?? "Deleted reason";

const DAY = 86_400_000;

export const daysIn = (since: string, now: number) => Math.max(0, Math.floor((now - new Date(since).getTime()) / DAY));

/** Whether a lead has been in its stage for longer than the stage allows. */
export const isStale = (lead: { status: LeadStatus; stage_since: string }, now: number): boolean => {
  const after = stageOf(lead.status)?.stale_after_days;
  return !!after && daysIn(lead.stage_since, now) >= after;
};

/** What a lead's stage was, as a change that puts it back there. */
export const stageBefore = (lead: { status: LeadStatus; lost_reason?: LostReasonId | null }) => ({
  status: lead.status,
  lost_reason: lead.status === "lost" ? (lead.lost_reason ?? "other") : null,
});
