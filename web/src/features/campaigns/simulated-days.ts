// The days of a simulation without gaps: those of one account for its chart, those of all as weeks of a calendar.
import type { SenderLoad } from "./simulation";

type Load = Pick<SenderLoad, "channel" | "days">;

const DAY_MS = 86_400_000;
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const next = (day: string, days: number) => iso(Date.parse(day) + days * DAY_MS);
/** The Monday of the week that the day is in. */
const monday = (day: string) => next(day, -((new Date(day).getUTCDay() + 6) % 7));

/** Up to so many days, each has a bar of its own. */
const MOST_DAYS = 30;

export interface Span {
  /** A day, or the Monday of a week. */
  day: string;
  messages: number;
}

/** All days from the first to the last, also those without messages; weeks instead of days for a long time. */
export function spansOf(days: Load["days"]): { unit: "day" | "week"; spans: Span[] } {
  const sorted = days.map((d) => d.day).sort();
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!first || !last) return { unit: "day", spans: [] };
  const long = Date.parse(last) - Date.parse(first) >= MOST_DAYS * DAY_MS;
  const messages = new Map<string, number>();
  for (const d of days) {
    const at = long ? monday(d.day) : d.day;
    messages.set(at, (messages.get(at) ?? 0) + d.messages);
  }
  const spans: Span[] = [];
  for (let day = long ? monday(first) : first; day <= last; day = next(day, long ? 7 : 1)) {
    spans.push({ day, messages: messages.get(day) ?? 0 });
  }
  return { unit: long ? "week" : "day", spans };
}

export interface CalendarDay {
  day: string;
  messages: number;
  /** The limit of all accounts together; absent if one has no limit, or if they are on several channels. */
  allowed?: number;
}

/**
 * The limit of an account on a day: the API gives it for the days on which it sends; for another day it is that of the
 * last such day before, else the first.
 */
function allowedOn(sender: Load, day: string): number | undefined {
  let found = sender.days[0];
  for (const known of sender.days) if (known.day <= day) found = known;
  return found?.allowed ?? undefined;
}

/** Whole weeks from the first day with a message to the last. */
export function weeksOf(senders: Load[]): CalendarDay[][] {
  const known = senders
    .filter((s) => s.days.length > 0)
    .map((s) => ({ ...s, days: [...s.days].sort((a, b) => a.day.localeCompare(b.day)) }));
  const comparable = new Set(known.map((s) => s.channel)).size === 1;
  const messages = new Map<string, number>();
  for (const { day, messages: n } of known.flatMap((s) => s.days)) messages.set(day, (messages.get(day) ?? 0) + n);
  const sorted = [...messages.keys()].sort();
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!first || !last) return [];
  const dayOf = (day: string): CalendarDay => {
    const n = messages.get(day);
    if (!n) return { day, messages: 0 };
    const limits = comparable ? known.map((s) => allowedOn(s, day)) : [undefined];
    const allowed = limits.every((limit) => limit !== undefined) ? limits.reduce((a, b) => a + b, 0) : undefined;
    return { day, messages: n, allowed };
  };
  const weeks: CalendarDay[][] = [];
  for (let day = monday(first); day <= last; day = next(day, 7)) {
    weeks.push(Array.from({ length: 7 }, (_, i) => dayOf(next(day, i))));
  }
  return weeks;
}
