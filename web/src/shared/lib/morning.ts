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
