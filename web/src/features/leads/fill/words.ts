// What a column does, in short words, and what came of each question.
import type { Schema } from "@/api/types";
import { dollars } from "@/shared/lib/spend";
import type { ColumnView } from "./model";

export const SCHEDULE_WORDS: Record<Schema["ColumnSchedule"], string> = {
  daily: "Every day",
  weekly: "Every week",
  monthly: "Every month",
};

/** "After import", "if not email", "asked again after 90 days" */
export function triggerWords({ triggers, condition, fresh_days, month_cap, recipe }: ColumnView): string[] {
  const out: string[] = [];
  if (triggers.on_new) out.push("After import");
  if (triggers.on_change) out.push("On change");
  if (triggers.schedule) out.push(SCHEDULE_WORDS[triggers.schedule]);
  if (out.length === 0) out.push("By hand");
  if (condition) out.push(`if ${condition}`);
  if (recipe.kind === "enrichment") {
    const least = Math.max(0, ...recipe.providers.map(({ min_confidence }) => min_confidence ?? 0));
    if (least) out.push(`takes ${least}% and up`);
  }
  if (fresh_days) out.push(`fresh for ${fresh_days} days`);
  if (typeof month_cap === "number") out.push(`automatic runs: at most ${dollars(month_cap)} a month`);
  return out;
}

export const STEP_WORDS: Record<Schema["StepOutcome"], string> = {
  asked: "being asked",
  found: "taken",
  not_found: "not found",
  not_taken: "not taken",
  busy: "busy",
  refused: "refuses the question",
  account_refused: "refuses the account",
  lost: "answer lost",
  started: "answers later",
  no_account: "no account",
};

/** The first columns that commands offer, by their ids; the drafts are fetched with the editor. */
export const AI_STARTS = { score: "Score by AI", classify: "Classify by AI" } as const;
