// The state of an account at a provider, and its capacity today, in words.
import type { Schema } from "@/api/types";
import { count, type Instant, isoDay, sinceUntil, when, yourTime } from "@/shared/lib/format";
import type { DotTone } from "@/shared/ui/badge";

/** The parts of an account that the words need. */
export interface Account {
  enabled: boolean;
  pause?: Schema["AccountPauseView"] | null;
  state?: Schema["AccountState"];
  last_error?: Schema["LastError"] | null;
  health?: Schema["HealthView"] | null;
  grant?: Schema["GrantView"] | null;
  today?: Schema["TodayView"] | null;
}

export function stateOf(c: Account): { tone: DotTone; word: string } {
  if (!c.enabled) return { tone: "open", word: "Off" };
  if (c.pause)
    return c.pause.state === "pausing" ? { tone: "wait", word: "Pausing" } : { tone: "held", word: "Paused" };
  if (c.health?.state === "down") return { tone: "bad", word: "Down" };
  if (c.health?.state === "recovering") return { tone: "ramp", word: "Recovering" };
  if (isNeverConnected(c)) return { tone: "wait", word: "Not connected" };
  if (isFailing(c)) return { tone: "bad", word: isUnconnected(c) ? "Not connected" : "Failing" };
  return isUntested(c) ? { tone: "wait", word: "Not tested" } : { tone: "good", word: "Connected" };
}

/** Neither a test nor a message has shown yet that it works. */
export const isUntested = (c: Account) => c.state === "untested";

/** The mailbox was added, and its owner has not allowed the access yet: nothing has failed. */
export const isNeverConnected = (c: Account) => c.grant?.state === "not_connected";

/** The owner of the mailbox has to allow the access, for the first time or again. */
const isUnconnected = (c: Account) => isFailing(c) && c.last_error?.fault === "not_connected";

/** What precedes an error of reading the mailbox. */
export const READING = "Reading the mailbox: ";

/** The provider has refused the account, and accepted nothing since. */
export const isFailing = (c: Account) => !!c.last_error && !c.last_error.over_at;

/** "Refused since Tue 09:10: 535 …"; once it is over, from when until when. `zone`: that of the times beside it. */
export function errorLine(c: Account, now?: Date, zone?: string): string | undefined {
  const last = c.last_error;
  if (!last) return undefined;
  const at = yourTime(last.at, zone, now);
  if (last.detail.startsWith(READING))
    return last.over_at
      ? `Could not be read ${at}, read again since ${yourTime(last.over_at, zone, now)}: ${last.detail.slice(READING.length)}`
      : `Cannot be read since ${at}: ${last.detail.slice(READING.length)}`;
  if (!last.over_at) return `Failed ${at}, nothing accepted since: ${last.detail}`;
  return `Failed ${at}, working again since ${yourTime(last.over_at, zone, now)}: ${last.detail}`;
}

/**
 * "Paused since Tue 09:10, until Mon 09:00: due messages wait."; nothing if it is not paused. `zone`: the workspace's.
 */
export function pauseLine(c: Account, zone?: string, now?: Date): string | undefined {
  if (!c.pause) return undefined;
  const last = c.pause.state === "pausing" ? " A message already being sent may still go out." : "";
  return `Paused ${sinceUntil(c.pause.since, c.pause.until, zone, now)}: due messages wait.${last}`;
}

/**
 * Whether the account sends nothing on that day of its own, as things stand: it is off, or paused until a later one.
 */
export function waitsOn(c: Account & { limits?: { zone: string } | null }, day: string): boolean {
  if (!c.enabled) return true;
  if (!c.pause) return false;
  return !c.pause.until || day < isoDay(c.pause.until, c.limits?.zone);
}

/** The effect on due messages; nothing if all is well. `zone`: that of the times beside it. */
export function healthLine(c: Account, now?: Date, zone?: string): string | undefined {
  if (!c.enabled || !c.health) return undefined;
  const since = yourTime(c.health.since, zone, now);
  if (c.health.state === "recovering") return `Back since ${since}. Waiting messages go out gradually.`;
  const next = c.health.next_try ? ` Next try ${yourTime(c.health.next_try, zone, now)}.` : "";
  return `Not accepting messages since ${since}; due messages wait.${next}`;
}

/**
 * "12 of 40 used today, room again Mon 00:00"; nothing where there are no limits. Booked is a place in the day's limit: of
 * what was sent or tried, and of what waits for its minute.
 */
export function todayLine(c: Pick<Account, "today">, now?: Instant): string | undefined {
  if (!c.today) return undefined;
  const counts = `${count(c.today.taken)} of ${count(c.today.allowed)} used today`;
  const full = c.today.taken >= c.today.allowed;
  return full ? `${counts}; more capacity ${when(c.today.next_free, now)}` : counts;
}
