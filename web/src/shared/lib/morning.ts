// Nine in the morning of the reader's own day: the usual time of a follow-up.
import { serverNow } from "@/api/clock";

/** So many days from `now`; a weekend moves to Monday. */
export function morning(days: number, now = new Date(serverNow())): Date {
  const d = new Date(now);
  d.setDate(d.getDate() + days);
  d.setHours(9, 0, 0, 0);
  while (d.getDay() === 0 || d.getDay() === 6) d.setDate(d.getDate() + 1);
  return d;
}

const DAY_MS = 24 * 60 * 60_000;

function daysAway(at: Date, now: Date): number {
  const midnight = (d: Date) => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
  return Math.round((midnight(at) - midnight(now)) / DAY_MS);
}

/** The usual mornings from `now`, each with the word for the day that it is on; no morning twice. */
export function mornings(now = new Date(serverNow())): [string, Date][] {
  const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "long" });
  const named = (at: Date): string => {
    const days = daysAway(at, now);
    if (days === 1) return "Tomorrow";
    return days < 7 ? weekday.format(at) : days === 7 ? "In a week" : `In ${days} days`;
  };
  const month = morning(30, now);
  const choices: [string, Date][] = [1, 3, 7].map((days) => {
    const at = morning(days, now);
    return [named(at), at];
  });
  choices.push(["In a month", month]);
  return choices.filter(([, at], i) => choices.findIndex(([, other]) => Number(other) === Number(at)) === i);
}

/** An instant as the browser's date field shows it. */
export function localInput(at: Date | string): string {
  const d = new Date(at);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}`;
}
