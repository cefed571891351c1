// A sequence as its editor holds it: steps in order, a window, and what keeps it from being saved.
import { plural } from "@/shared/lib/format";

export type DelayUnit = "minutes" | "hours" | "days" | "working_days";

export interface Step {
  id?: string | null;
  channel: "email" | "sms";
  delay: { amount: number; unit: DelayUnit };
  only_if_no_reply?: boolean;
  subject?: string;
  body: string;
  template?: string | null;
}

export interface SendingWindow {
  weekdays: number[];
  ranges: { start: number; end: number }[];
}

export interface SequenceView {
  id: string;
  name: string;
  version: number;
  steps: Step[];
  window: SendingWindow;
  archived: boolean;
  created_at: string;
  updated_at: string;
  rev: number;
}

export interface Draft {
  name: string;
  steps: Step[];
  window: SendingWindow;
}

export const NEW_STEP: Step = {
  channel: "email",
  delay: { amount: 3, unit: "working_days" },
  only_if_no_reply: true,
  subject: "",
  body: "",
};

export const FIRST_DRAFT: Draft = {
  name: "",
  steps: [{ ...NEW_STEP, delay: { amount: 0, unit: "minutes" } }],
  window: { weekdays: [1, 2, 3, 4, 5], ranges: [{ start: 540, end: 1020 }] },
};

export const UNIT_WORDS: Record<DelayUnit, [string, string]> = {
  minutes: ["minute", "minutes"],
  hours: ["hour", "hours"],
  days: ["day", "days"],
  working_days: ["working day", "working days"],
};

export function delayWords(delay: Step["delay"], first: boolean): string {
  if (delay.amount === 0) return first ? "Start" : "at once";
  return `+${plural(delay.amount, ...UNIT_WORDS[delay.unit])}`;
}

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
export function windowWords(w: SendingWindow): string {
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

export function move<T>(list: readonly T[], from: number, to: number): T[] {
  const out = [...list];
  const [item] = out.splice(from, 1);
  if (item !== undefined) out.splice(Math.max(0, Math.min(out.length, to)), 0, item);
  return out;
}

/** What is missing, by the field names the server uses too: `steps[1].body`. */
export function draftProblems(d: Draft): Record<string, string> {
  const out: Record<string, string> = {};
  if (!d.name.trim()) out.name = "Give the sequence a name.";
  if (!d.steps.length) out.steps = "Add a step.";
  d.steps.forEach((s, i) => {
    if (!s.body.trim()) out[`steps[${i}].body`] = "Write the text of this step.";
    const earlier = d.steps.slice(0, i).some((x) => x.channel === "email");
    if (s.channel === "email" && !earlier && !s.subject?.trim())
      out[`steps[${i}].subject`] = "The first e-mail needs a subject; a later one may go on in its thread.";
  });
  if (!d.window.weekdays.length) out["window.weekdays"] = "Choose at least one day.";
  if (d.window.ranges.some((r) => r.start === r.end)) out["window.ranges"] = "The window must not be empty.";
  return out;
}
