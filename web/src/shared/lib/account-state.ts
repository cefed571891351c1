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

const ADVICE: Record<Schema["AccountFault"], string> = {
  host_unknown: "No server has this name. Check the server name for typos.",
  not_reached:
    "The server does not answer at this port. Mailboxes use 587 with STARTTLS or 465 with TLS; a firewall may block the port.",
  certificate: "The server's certificate is not for this name. Use the server's name that your provider gives.",
  no_encryption: "The server does not encrypt this way. Choose STARTTLS with port 587, or TLS with port 465.",
  not_allowed: "This address is not allowed. Use your provider's public address.",
  login_refused:
    "User name, password or key is wrong. Many providers require an app password instead of your own password.",
  needs_app_password:
    "This provider takes an app password instead of your own password. Create one in its settings, and enter it here.",
  needs_grant:
    "This provider takes no password here. Connect the mailbox on its own page instead, as a mailbox at Google or Microsoft.",
  refused: "The provider refuses this account for the reason above. Fix it, or contact the provider.",
  busy: "The provider is not accepting messages right now. Try again in a few minutes.",
  not_connected: "Click Connect, and allow the access on the provider's page.",
  other_mailbox: "Connect again, and choose the mailbox whose address this account has.",
};

/** The same where the mailbox cannot be read; a refusal says itself what to do. */
const READING_ADVICE: Partial<typeof ADVICE> = {
  host_unknown: "No server has this name. Check the IMAP server for typos.",
  not_reached: "The IMAP server does not answer at this port. Usual are 993 with TLS, and 143 with STARTTLS.",
  busy: "The IMAP server accepts nothing right now. Try again in a few minutes.",
};

/** What precedes an error of reading the mailbox. */
const READING = "Reading the mailbox: ";

/** What to do about a failing account; nothing if that is unknown. */
export function adviceOn(c: Account): string | undefined {
  const fault = isFailing(c) ? c.last_error?.fault : undefined;
  if (!fault) return undefined;
  return c.last_error?.detail.startsWith(READING) ? READING_ADVICE[fault] : ADVICE[fault];
}

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
 * "12 of 40 booked today, room again Mon 00:00"; nothing where there are no limits. Booked is a place in the day's limit: of
 * what was sent or tried, and of what waits for its minute.
 */
export function todayLine(c: Pick<Account, "today">, now?: Instant): string | undefined {
  if (!c.today) return undefined;
  const counts = `${count(c.today.taken)} of ${count(c.today.allowed)} booked today`;
  const full = c.today.taken >= c.today.allowed;
  return full ? `${counts}; more capacity ${when(c.today.next_free, now)}` : counts;
}
