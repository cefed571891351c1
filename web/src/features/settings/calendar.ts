// Days off in the words of the settings page.
import { civilDay } from "@/shared/lib/format";
import type { DayOff } from "./queries";

/** A day off in words: "24 Dec, every year", "Fri 11 Jun 2027" */
export const dayOffWords = (d: DayOff) =>
  d.yearly ? `${civilDay(d.date, { day: "numeric", month: "short" })}, every year` : civilDay(d.date);

export const withDay = (days: DayOff[], day: DayOff): DayOff[] =>
  [...days, { ...day, name: day.name.trim() }].sort((a, b) => a.date.localeCompare(b.date));

const meet = (a: DayOff, b: DayOff) =>
  a.date === b.date || ((a.yearly || b.yearly) && a.date.slice(5) === b.date.slice(5));

export function dayOffProblems(days: DayOff[], day: DayOff): Record<string, string> {
  const out: Record<string, string> = {};
  if (!day.date) out.date = "Choose a date.";
  else if (days.some((d) => meet(d, day))) out.date = "This day is already on the list.";
  if (!day.name.trim()) out.name = "Enter a name for the day.";
  return out;
}
