// Calendar months, which the server counts in UTC and writes like `2026-11`.
import { monthName } from "./format";

/** The month `by` months after another one. */
export function monthAfter(month: string, by: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

/** The month in which this time is. */
export const monthOf = (now: number) => new Date(now).toISOString().slice(0, 7);

/** "November 2026" */
export const monthWords = (month: string) => `${monthName(`${month}-01`)} ${month.slice(0, 4)}`;
