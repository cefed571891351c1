// Columns that fill themselves, as pages show them: a cell in words, a run's progress, the funnel of sources.
import type { LeadRow, Schema } from "@/api/types";
import { customFieldName } from "@/shared/lib/field-words";
import { clock, count, duration, plural } from "@/shared/lib/format";
import { LEAD_FIELDS } from "@/shared/lib/lead-fields";
import { dollars, providerName } from "@/shared/lib/spend";

export type ColumnView = Schema["ColumnView"];
export type CellView = Schema["CellView"];
export type CellDetail = Schema["CellDetail"];
export type RunView = Schema["ColumnRunView"];
export type Recipe = Schema["Recipe"];
export type RecipeKind = Recipe["kind"];
export type Estimate = Schema["RunEstimateView"];

export const KIND_WORDS: Record<RecipeKind, string> = {
  enrichment: "Enrichment",
  ai: "AI",
  formula: "Formula",
  lookup: "Look-up",
  webhook: "Webhook",
  actor: "Actor",
};

/** The name by which a list of leads is asked for the field that the column fills. */
export const listName = (target: ColumnView["target"]) =>
  target.to === "custom_field" ? customFieldName(target.key) : target.field;

/** The field that the column fills, as users read it. */
export const fieldOf = (target: ColumnView["target"]) =>
  target.to === "custom_field" ? target.key : LEAD_FIELDS[target.field].word;

/** The value that the row has in the column's field. */
export function valueIn(row: LeadRow, column: ColumnView): string | undefined {
  const name = listName(column.target);
  const value = row.fields[name] ?? (row as Record<string, unknown>)[name];
  if (value === null || value === undefined || value === "") return undefined;
  return Array.isArray(value) ? value.join(", ") : String(value);
}

export type CellMark =
  | "empty"
  | "value"
  | "running"
  | "not_found"
  | "skipped"
  | "failed"
  | "answer_lost"
  | "waiting"
  | "late";

export interface ShownCell {
  mark: CellMark;
  text: string;
  /** The source of a value, or its confidence where that is low. */
  note?: string;
  /** The source is not sure of the value. */
  low?: boolean;
}

/** Values below this confidence are marked for a second look. */
const SURE = 85;

/** "Hunter, 2 of 3" for a provider in a waterfall. */
function asking(cell: CellView, column: ColumnView): string {
  const source = cell.source;
  if (!source) return column.recipe.kind === "ai" ? "writing" : "asking";
  const providers = column.recipe.kind === "enrichment" ? column.recipe.providers : [];
  const at = providers.findIndex(({ provider }) => provider === source);
  return at < 0 ? providerName(source) : `${providerName(source)}, ${at + 1} of ${providers.length}`;
}

/** A cell with the value that its lead has: the lead's own value counts where the column has found none, or another since. */
export function shownCell(cell: CellView | undefined, column: ColumnView, row?: LeadRow): ShownCell {
  const value = row && valueIn(row, column);
  if (cell?.state === "found") {
    if (row && value !== undefined && value !== cell.value && row.updated_at > cell.at)
      return { mark: "value", text: value, note: "by hand" };
    const low = typeof cell.confidence === "number" && cell.confidence < SURE;
    const isOneOfSeveral = column.recipe.kind === "enrichment" && cell.source;
    const source = isOneOfSeveral ? providerName(isOneOfSeveral) : undefined;
    return { mark: "value", text: cell.value ?? value ?? "", note: low ? `${cell.confidence}%` : source, low };
  }
  if (cell?.state === "asked") return { mark: "running", text: asking(cell, column) };
  if (value !== undefined)
    return { mark: "value", text: value, note: cell && (cell.state === "failed" ? "failed" : "kept") };
  if (!cell) return { mark: "empty", text: "empty" };
  switch (cell.state) {
    case "empty":
      return { mark: "empty", text: "empty" };
    case "not_found":
      return { mark: "not_found", text: "not found" };
    case "skipped":
      return { mark: "skipped", text: cell.why };
    case "failed":
      return cell.retry_at
        ? { mark: "failed", text: `${cell.error}, again ${clock(cell.retry_at)}` }
        : { mark: "failed", text: `${cell.error}, ${clock(cell.at)}` };
    case "answer_lost":
      return { mark: "answer_lost", text: "answer lost" };
    default:
      return cell.is_late ? { mark: "late", text: "no answer for a day" } : { mark: "waiting", text: "answers later" };
  }
}

export const RUN_WORDS: Record<RunView["state"], string> = {
  running: "Running",
  paused: "Paused",
  stopped: "Stopped",
  done: "Done",
  out_of_money: "Limit reached",
};

export const isOver = (run: Pick<RunView, "state">) => run.state === "done" || run.state === "stopped";

export type Outcomes = Record<string, number>;

export const outcomesOf = (run: RunView, column: string): Outcomes => run.counts[column] ?? {};

export const sumOf = (outcomes: Outcomes) => Object.values(outcomes).reduce((sum, n) => sum + n, 0);

/** All columns' outcomes together. */
export function allOutcomes(run: RunView): Outcomes {
  const all: Outcomes = {};
  for (const column of Object.values(run.counts))
    for (const [outcome, n] of Object.entries(column)) all[outcome] = (all[outcome] ?? 0) + n;
  return all;
}

const OUTCOME_WORDS: [outcome: string, word: string][] = [
  ["found", "found"],
  ["fresh", "there already"],
  ["not_found", "not found"],
  ["skipped", "skipped"],
  ["waiting", "wait for an answer"],
  ["failed", "failed"],
  ["answer_lost", "answers lost"],
  ["no_lead", "leads gone"],
];

/** "278 found, 34 not found" */
export const outcomeWords = (outcomes: Outcomes) =>
  OUTCOME_WORDS.flatMap(([outcome, word]) => {
    const n = outcomes[outcome] ?? 0;
    return n ? [`${count(n)} ${word}`] : [];
  }).join(", ") || "nothing yet";

/** "278 of 312 have one" */
export function filledWords(outcomes: Outcomes): string {
  const sum = sumOf(outcomes);
  return sum ? `${count((outcomes.found ?? 0) + (outcomes.fresh ?? 0))} of ${count(sum)} have one` : "nothing yet";
}

export interface Sample {
  at: number;
  done: number;
}

const PACE_MS = 60_000;
/** The time without a row after which a run that has begun says what it does. */
const STANDS_AFTER_MS = 10_000;

/** Keeps what was seen of a run in the last minute: its pace. A run that was paused begins anew. */
export function sampled(samples: readonly Sample[], now: Sample): Sample[] {
  const kept = samples.filter(({ at, done }) => now.at - at <= PACE_MS && done <= now.done);
  return [...kept, now];
}

/** The milliseconds that the run still takes at the pace of the samples; nothing while it cannot be told. */
export function timeLeft(samples: readonly Sample[], total: number): number | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.done <= first.done || last.at - first.at < 2_000) return undefined;
  return Math.round(((total - last.done) * (last.at - first.at)) / (last.done - first.done));
}

/** What a running run does while no row is done, and for how long; nothing while rows come. */
export function standing(
  run: Pick<RunView, "state" | "done" | "started_at" | "worker_until">,
  movedAt: number,
  now: number,
): string | undefined {
  if (run.state !== "running") return undefined;
  const since = run.done === 0 ? Date.parse(run.started_at) : movedAt;
  const ms = Math.max(0, now - since);
  if (run.done > 0 && ms < STANDS_AFTER_MS) return undefined;
  const isWorkedOn = !!run.worker_until && Date.parse(run.worker_until) > now;
  const word = !isWorkedOn ? "waiting for its turn" : run.done === 0 ? "starting" : "asking about the next rows";
  return ms < 1_000 ? word : `${word} for ${duration(ms)}`;
}

/** The button that starts a run says what it does, and what that may cost. */
export function startWords(estimate: Pick<Estimate, "leads" | "most"> | undefined, cap: number | null): string {
  if (!estimate) return "Fill the columns";
  const rows = plural(estimate.leads, "row");
  if (estimate.most === 0) return `Fill ${rows}, free`;
  return `Fill ${rows}, at most ${dollars(Math.min(estimate.most, cap ?? estimate.most))}`;
}

export interface FunnelStage {
  id: string;
  label: string;
  rows: number;
  cost: number;
}

export type SourceSums = Record<string, Schema["SourceSum"]>;

/** The run that tells what a column came to: the shown one, or else the newest with the column. */
export function runOf(column: string, shown: RunView | undefined, runs: readonly RunView[]): RunView | undefined {
  return shown?.columns.includes(column) ? shown : runs.find(({ columns }) => columns.includes(column));
}

export const sourcesOf = (run: RunView | undefined, column: string): SourceSums => run?.sources[column] ?? {};

/** What all questions of a column cost in a run. */
export const costOf = (sources: SourceSums) => Object.values(sources).reduce((sum, { spent }) => sum + spent, 0);

/** Cells without a value, by the outcome under which a run counts them; others are no part of the funnel. */
const ENDS: Record<string, string> = { not_found: "Not found", failed: "Failed", answer_lost: "Answers lost" };
const NOT_ASKED = ["fresh", "skipped", "waiting", "no_lead"];

/**
 * The sources of a column's values, in the order in which they are asked: the rows that ended there, and what those cost
 * with all that was asked for them.
 */
export function funnel(column: ColumnView, sources: SourceSums): FunnelStage[] {
  const order = column.recipe.kind === "enrichment" ? column.recipe.providers.map(({ provider }) => provider) : [];
  const others = Object.keys(sources).filter((id) => !order.includes(id) && !ENDS[id] && !NOT_ASKED.includes(id));
  const stage = (id: string, label: string): FunnelStage => ({
    id,
    label,
    rows: sources[id]?.rows ?? 0,
    cost: sources[id]?.spent ?? 0,
  });
  return [
    ...(sources.fresh ? [stage("fresh", "There already")] : []),
    ...[...order, ...others].map((id) => stage(id, id === column.recipe.kind ? KIND_WORDS[id] : providerName(id))),
    ...Object.entries(ENDS).flatMap(([id, label]) => (sources[id] ? [stage(id, label)] : [])),
  ];
}
