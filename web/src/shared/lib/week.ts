// Days of the week and times of day: opening hours in words and in minutes.
import type { Schema } from "@/api/types";

export type Week = Pick<Schema["SendingWindow"], "weekdays" | "ranges">;

export const MOST_RANGES = 12;

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
export const dayName = (n: number) => DAYS[n - 1] ?? "?";

export const minutesToTime = (m: number) =>
  `${String(Math.floor(m / 60)).padStart(2, "0")}:${String(m % 60).padStart(2, "0")}`;

export function timeToMinutes(text: string): number | undefined {
  const m = /^(\d{1,2}):(\d{2})$/.exec(text);
  if (!m) return undefined;
  const value = Number(m[1]) * 60 + Number(m[2]);
  return value <= 1440 ? value : undefined;
}

/** "Mon–Fri 09:00–17:00" */
export function weekWords(w: Week): string {
  const days = [...w.weekdays].sort((a, b) => a - b);
  const runs: string[] = [];
  for (let i = 0; i < days.length; ) {
    let j = i;
    while (j + 1 < days.length && days[j + 1] === (days[j] ?? 0) + 1) j++;
    const a = dayName(days[i] ?? 0);
    const b = dayName(days[j] ?? 0);
    runs.push(j === i ? a : j === i + 1 ? `${a}, ${b}` : `${a}–${b}`);
    i = j + 1;
  }
  const hours = w.ranges.map((r) => `${minutesToTime(r.start)}–${minutesToTime(r.end)}`).join(", ");
  return `${runs.join(", ") || "No day"} ${hours}`.trim();
}

const parts = (r: { start: number; end: number }) =>
  r.end < r.start
    ? [
        { start: r.start, end: 1440 },
        { start: 0, end: r.end },
      ]
    : [r];

const meet = (a: { start: number; end: number }, b: { start: number; end: number }) =>
  parts(a).some((x) => parts(b).some((y) => Math.max(x.start, y.start) < Math.min(x.end, y.end)));

/** Why the hours never open, or contain a time twice. */
export function weekProblem(w: Week): string | undefined {
  if (!w.weekdays.length) return "Choose at least one day.";
  if (!w.ranges.length || w.ranges.some((r) => r.start === r.end))
    return "Add at least one time range that is not empty.";
  if (w.ranges.some((a, i) => w.ranges.slice(i + 1).some((b) => meet(a, b)))) return "Two time ranges overlap.";
  return undefined;
}

/** The first free hour after the last of them. */
export function nextRange(ranges: Week["ranges"]): Week["ranges"][number] | undefined {
  const last = ranges.at(-1)?.end ?? 540;
  for (let n = 0; n < 24; n++) {
    const start = (Math.ceil(last / 60) * 60 + n * 60) % 1440;
    const free = { start, end: start + 60 };
    if (!ranges.some((r) => meet(r, free))) return free;
  }
  return undefined;
}
