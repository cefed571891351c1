// Numbers, money and times as people read them. Formats come from Intl, never from string surgery.
import { serverNow } from "@/api/clock";

const language = () => {
  const own = globalThis.navigator?.language ?? "en-GB";
  return own.startsWith("en") ? own : "en-GB";
};

const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();
export function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${language()}${JSON.stringify(options)}`;
  let found = cache.get(key) as Intl.NumberFormat | undefined;
  if (!found) {
    found = new Intl.NumberFormat(language(), options);
    cache.set(key, found);
  }
  return found;
}
function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d${language()}${JSON.stringify(options)}`;
  let found = cache.get(key) as Intl.DateTimeFormat | undefined;
  if (!found) {
    found = new Intl.DateTimeFormat(language(), options);
    cache.set(key, found);
  }
  return found;
}

export const count = (n: number) => numberFormat({ maximumFractionDigits: 0 }).format(n);

/** A share with one decimal; below five cases the count is shown instead. */
export function percent(part: number, whole: number): string | undefined {
  if (whole <= 0 || part < 5) return undefined;
  return numberFormat({ style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(part / whole);
}

/** A count and its share: "31 of 592, 5.2%" */
export function share(part: number, whole: number): string {
  const p = percent(part, whole);
  return `${count(part)} of ${count(whole)}${p ? `, ${p}` : ""}`;
}

const ONE_DIGIT = /^[17]/;
const TWO_DIGITS = /^(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

/**
 * "+44 117 496 0142": groups of three, the last of up to four. A text that is no international number stays as it is.
 */
export function phone(number: string): string {
  const digits = /^\+(\d{7,15})$/.exec(number)?.[1];
  if (!digits) return number;
  const code = ONE_DIGIT.test(digits) ? 1 : TWO_DIGITS.test(digits) ? 2 : 3;
  const rest = digits.slice(code).replace(/(\d{3})(?=\d{3,})/g, "$1 ");
  return `+${digits.slice(0, code)} ${rest}`;
}

export const plural = (n: number, one: string, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

export function duration(ms: number): string {
  const s = Math.round(ms / 1000);
  if (s < 60) return `${s} s`;
  const m = Math.floor(s / 60);
  if (m < 60) return s % 60 ? `${m} min ${s % 60} s` : `${m} min`;
  const h = Math.floor(m / 60);
  if (h < 48) return m % 60 ? `${h} h ${m % 60} min` : `${h} h`;
  return plural(Math.round(h / 24), "day");
}

export type Instant = string | number | Date;
const toDate = (value: Instant) => (value instanceof Date ? value : new Date(value));

export const clock = (value: Instant, timeZone?: string) =>
  dateFormat({ hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone }).format(toDate(value));

/** "10:41:55", for what happens within a minute. */
export const clockSeconds = (value: Instant, timeZone?: string) =>
  dateFormat({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone }).format(
    toDate(value),
  );

function dayNumber(date: Date, timeZone?: string): number {
  const parts = dateFormat({ year: "numeric", month: "numeric", day: "numeric", timeZone }).formatToParts(date);
  const get = (type: string) => Number(parts.find((p) => p.type === type)?.value);
  return Math.round(Date.UTC(get("year"), get("month") - 1, get("day")) / 86_400_000);
}

/** The calendar day in that time zone: "2026-12-24". */
export const isoDay = (value: Instant, timeZone?: string) =>
  new Date(dayNumber(toDate(value), timeZone) * 86_400_000).toISOString().slice(0, 10);

export const daysBetween = (a: Instant, b: Instant, timeZone?: string) =>
  dayNumber(toDate(b), timeZone) - dayNumber(toDate(a), timeZone);

/** "Today", "Yesterday", "Mon 16 Nov", "3 Nov 2025" */
export function day(value: Instant, now: Instant = serverNow(), timeZone?: string): string {
  const date = toDate(value);
  const diff = daysBetween(now, date, timeZone);
  if (diff === 0) return "Today";
  if (diff === -1) return "Yesterday";
  if (diff === 1) return "Tomorrow";
  if (Math.abs(diff) < 300)
    return dateFormat({ weekday: "short", day: "numeric", month: "short", timeZone }).format(date).replace(",", "");
  return dateFormat({ day: "numeric", month: "short", year: "numeric", timeZone }).format(date);
}

/** "today 11:00", "Wed 18 Nov 09:10": for the middle of a sentence. */
export function when(value: Instant, now: Instant = serverNow(), timeZone?: string): string {
  const d = day(value, now, timeZone);
  const word = /^(Today|Yesterday|Tomorrow)$/.test(d) ? d.toLowerCase() : d;
  return `${word} ${clock(value, timeZone)}`;
}

/** The time in that time zone, which is named if the reader's differs: "today 14:12 (Europe/London)". */
export function whenIn(zone: string | undefined, value: Instant, now?: Instant): string {
  const there = when(value, now, zone);
  return there === when(value, now) ? there : `${there} (${zone})`;
}

/** The time in the reader's time zone, which is named if a time beside it is in another. */
export function yourTime(value: Instant, zone?: string | null, now?: Instant): string {
  const here = when(value, now);
  return !zone || here === when(value, now, zone) ? here : `${here} your time`;
}

/** "since Tue 09:10, until Mon 09:00 (Europe/London)": with an end, both are in that time zone. */
export function sinceUntil(since: Instant, until?: Instant | null, zone?: string, now?: Instant): string {
  if (!until) return `since ${when(since, now)}`;
  const told = (in_?: string) => `since ${when(since, now, in_)}, until ${when(until, now, in_)}`;
  return told(zone) === told() ? told() : `${told(zone)} (${zone})`;
}

export const longDay = (value: Instant) =>
  dateFormat({ weekday: "long", day: "numeric", month: "long" }).format(toDate(value));

/** A calendar day such as 2026-12-24, wherever the reader is: "Thu 24 Dec 2026". */
export const civilDay = (
  date: string,
  parts: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short", year: "numeric" },
) =>
  dateFormat({ ...parts, timeZone: "UTC" })
    .format(new Date(`${date}T00:00:00Z`))
    .replace(",", "");

export const monthName = (value: Instant, style: "short" | "long" = "long") =>
  dateFormat({ month: style, timeZone: "UTC" }).format(toDate(value));

export const fullTime = (value: Instant) => dateFormat({ dateStyle: "full", timeStyle: "long" }).format(toDate(value));

/** "44 min", then the clock or the day: for a column of times. */
export function ago(value: Instant, now: Instant = serverNow()): string {
  const ms = toDate(now).getTime() - toDate(value).getTime();
  if (ms < 60_000) return "now";
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min`;
  if (daysBetween(value, now) === 0) return clock(value);
  if (ms < 6 * 86_400_000) return `${dateFormat({ weekday: "short" }).format(toDate(value))} ${clock(value)}`;
  return day(value, now);
}

/** "44 min ago", then the time or the day: for use among words. */
export function happened(value: Instant, now: Instant = serverNow()): string {
  const text = ago(value, now);
  return text.endsWith(" min") ? `${text} ago` : text;
}

/** The same at the beginning of a sentence. */
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Sentence case for codes the API sends: `out_of_office` → "Out of office". */
export const words = (code: string) => capital(code.replace(/[_-]+/g, " ").trim());

export function initials(name: string): string {
  const parts = name
    .trim()
    .split(/[\s@.]+/)
    .filter(Boolean);
  const first = parts[0]?.[0] ?? "?";
  const last = parts.length > 1 ? (parts.at(-1)?.[0] ?? "") : (parts[0]?.[1] ?? "");
  return (first + last).toUpperCase();
}

export function bytes(n: number): string {
  if (n < 1024) return `${n} B`;
  if (n < 1024 * 1024) return `${numberFormat({ maximumFractionDigits: 0 }).format(n / 1024)} KB`;
  return `${numberFormat({ maximumFractionDigits: 1 }).format(n / 1024 / 1024)} MB`;
}
