// One lead, paused or resumed in all of its campaigns: the result in each, and how Undo reverts it.
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { plural } from "@/shared/lib/format";

export type WhereHeld = Schema["WhereHeld"];

export type MovedInCampaign = Schema["MovedInCampaign"];

export type LeadMoved = Schema["LeadMoved"];

const WORDS: [MovedInCampaign["outcome"], (campaigns: string) => string][] = [
  ["paused", (n) => `paused in ${n}`],
  ["pause_wanted", (n) => `pauses in ${n} after the current step`],
  ["goes_on", (n) => `resumed in ${n}`],
  ["wish_taken_back", (n) => `pause cancelled in ${n}`],
  ["already_paused", (n) => `already paused in ${n}`],
  ["held_otherwise", (n) => `held for another reason in ${n}`],
  ["ended", (n) => `already ended in ${n}`],
  ["busy", (n) => `busy in ${n}, try again`],
];

export function movedWords(name: string, rows: MovedInCampaign[]): string {
  const parts = WORDS.flatMap(([outcome, words]) => {
    const of = rows.filter((row) => row.outcome === outcome);
    const one = of.length === 1 ? of[0]?.campaign_name : undefined;
    return of.length ? [words(one ?? plural(of.length, "campaign"))] : [];
  });
  return parts.length ? `${name}: ${parts.join("; ")}` : `${name} was not paused`;
}

export type BackTo = { campaign: string; do: "resume" } | { campaign: string; do: "pause"; until?: string };

/** The actions that revert each campaign; nothing if one of them cannot be reverted. */
export function backTo(rows: MovedInCampaign[]): BackTo[] | undefined {
  const back: BackTo[] = [];
  for (const { campaign_id: campaign, outcome, before } of rows) {
    if (!["paused", "pause_wanted", "goes_on", "wish_taken_back"].includes(outcome)) continue;
    const reasons = [before.hold_reason, before.pause_wanted?.reason];
    // Another user's decision, or one that only a user can make.
    if (reasons.includes("owner_changed") || reasons.includes("late")) return undefined;
    const until = before.hold_reason === "paused_by_user" ? before.held_until : before.pause_wanted?.until;
    back.push(
      reasons.includes("paused_by_user")
        ? { campaign, do: "pause", until: until ?? undefined }
        : { campaign, do: "resume" },
    );
  }
  return back.length ? back : undefined;
}

/** Undoes a pause or a resumption, campaign by campaign. */
export async function takeBack(id: string, all: readonly BackTo[]) {
  for (const one of all) {
    const path = { params: { path: { id: one.campaign, lead: id } } };
    if (one.do === "pause")
      await unwrap(client.POST("/api/campaigns/{id}/enrolments/{lead}/pause", { ...path, body: { until: one.until } }));
    else await unwrap(client.POST("/api/campaigns/{id}/enrolments/{lead}/resume", path));
  }
}
