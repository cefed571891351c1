// The queue as the page shows it: which row is chosen, and the words for a row's time and hours.
import { isCall } from "@/app/tasks/queries";
import { clock, day, daysBetween, when } from "@/shared/lib/format";
import type { QueueRow } from "./queries";

/** A task has a row of its own; a reply that waits has one for its lead. */
export const rowId = (row: QueueRow) => row.task?.id ?? row.lead_id;

/**
 * The rows of today, and those of a later day. A reply whose lead is to be called on a later day waits for that call: its
 * row goes.
 */
export function byDay(rows: readonly QueueRow[], now: number): { due: QueueRow[]; later: QueueRow[] } {
  const later = rows.filter((row) => daysBetween(now, row.at) > 0);
  const agreed = new Set(later.filter((row) => row.task && isCall(row.task)).map((row) => row.lead_id));
  const due = rows.filter((row) => !later.includes(row) && (row.task || !agreed.has(row.lead_id)));
  return { due, later };
}

/** The row below or above, or the same one at the end. */
export function beside(rows: readonly QueueRow[], id: string | undefined, step: 1 | -1): string | undefined {
  const at = rows.findIndex((row) => rowId(row) === id);
  const to = Math.max(0, Math.min(rows.length - 1, at + step));
  const row = rows[to];
  return row ? rowId(row) : undefined;
}

/** The row that is chosen: the one asked for, as long as it is there, else the first. */
export const chosenRow = (rows: readonly QueueRow[], id: string | undefined) =>
  rows.find((row) => rowId(row) === id) ?? rows[0];

/** The row that follows once this one is closed: the next one, or the one before at the end. */
export function after(rows: readonly QueueRow[], id: string): string | undefined {
  const at = rows.findIndex((row) => rowId(row) === id);
  const next = rows[at + 1] ?? rows[at - 1];
  return next ? rowId(next) : undefined;
}

/** The time alone for today, the day before it otherwise. */
export const dueWords = (at: string, now: number) => when(at, now).replace(/^today /, "");

/** Whether the lead can be called now, on its own clock. */
export function hoursWords(row: Pick<QueueRow, "hours" | "zone" | "opens_at">, now: number): string {
  const zone = row.zone ?? undefined;
  if (row.hours === "unknown" || !zone) return "Local time not known";
  const there = `${clock(now, zone)} there`;
  if (row.hours === "open") return there;
  return row.opens_at ? `${there}, from ${openWords(row.opens_at, now)} your time` : there;
}

const openWords = (at: string, now: number) => (day(at, now) === "Today" ? clock(at) : when(at, now));
