// The limits of an account: form texts to the API's limits and back, and limits in words.
import type { Channel } from "@/api/types";
import { civilDay, count } from "@/shared/lib/format";
import { channelOf } from "@/shared/lib/senders";
import type { SendingLimits } from "./queries";

export interface LimitTexts {
  zone: string;
  per_day: string;
  new_per_day: string;
  per_hour: string;
  per_minute: string;
  gap_seconds: string;
  jitter_seconds: string;
  ramp: boolean;
  ramp_from: string;
  ramp_first_day: string;
  ramp_daily_increase: string;
}

/** The fields by the API's names, which its errors use. */
export const LIMIT_FIELDS = [
  "",
  ".zone",
  ".per_day",
  ".new_per_day",
  ".per_hour",
  ".per_minute",
  ".gap_seconds",
  ".jitter_seconds",
  ".ramp_up.from",
  ".ramp_up.first_day",
  ".ramp_up.daily_increase",
].map((field) => `limits${field}`);

/** The limits that carriers and WhatsApp set for a new number. */
const NUMBERS: Partial<Record<Channel, Partial<LimitTexts>>> = {
  sms: { per_day: "2000", per_minute: "60", gap_seconds: "0", jitter_seconds: "0" },
  whatsapp: { per_day: "2000", new_per_day: "250", per_minute: "600", gap_seconds: "0", jitter_seconds: "0" },
};

/** Recommended limits for a new account, from today on; without a kind, for a mailbox. */
export const usualLimits = (zone: string, today: string, kind = ""): LimitTexts => ({
  zone,
  per_day: "40",
  new_per_day: "",
  per_hour: "",
  per_minute: "",
  gap_seconds: "90",
  jitter_seconds: "60",
  ramp: false,
  ramp_from: today,
  ramp_first_day: "10",
  ramp_daily_increase: "5",
  ...NUMBERS[channelOf(kind) ?? "email"],
});

export function textsOf(limits: SendingLimits, today: string): LimitTexts {
  const text = (n: number | null | undefined) => (n === undefined || n === null ? "" : String(n));
  const usual = usualLimits(limits.zone, today);
  const ramp = limits.ramp_up;
  return {
    zone: limits.zone,
    per_day: text(limits.per_day),
    new_per_day: text(limits.new_per_day),
    per_hour: text(limits.per_hour),
    per_minute: text(limits.per_minute),
    gap_seconds: text(limits.gap_seconds ?? 0),
    jitter_seconds: text(limits.jitter_seconds ?? 0),
    ramp: !!ramp,
    ramp_from: ramp?.from ?? usual.ramp_from,
    ramp_first_day: ramp ? text(ramp.first_day) : usual.ramp_first_day,
    ramp_daily_increase: ramp ? text(ramp.daily_increase) : usual.ramp_daily_increase,
  };
}

export function limitsOf(texts: LimitTexts): SendingLimits {
  const number = (text: string) => (text.trim() ? Number(text) : undefined);
  return {
    zone: texts.zone,
    per_day: Number(texts.per_day),
    new_per_day: number(texts.new_per_day),
    per_hour: number(texts.per_hour),
    per_minute: number(texts.per_minute),
    gap_seconds: number(texts.gap_seconds) ?? 0,
    jitter_seconds: number(texts.jitter_seconds) ?? 0,
    ramp_up: texts.ramp
      ? {
          from: texts.ramp_from,
          first_day: Number(texts.ramp_first_day),
          daily_increase: Number(texts.ramp_daily_increase),
        }
      : undefined,
  };
}

/** A limit by the name of the API's field. */
export function limitProblems(texts: LimitTexts): Record<string, string> {
  const out: Record<string, string> = {};
  const whole = (key: string, text: string, optional: boolean) => {
    if (optional && !text.trim()) return;
    if (!/^\d+$/.test(text.trim())) out[`limits.${key}`] = "Enter a whole number.";
  };
  whole("per_day", texts.per_day, false);
  whole("new_per_day", texts.new_per_day, true);
  whole("per_hour", texts.per_hour, true);
  whole("per_minute", texts.per_minute, true);
  whole("gap_seconds", texts.gap_seconds, true);
  whole("jitter_seconds", texts.jitter_seconds, true);
  if (texts.ramp) {
    whole("ramp_up.first_day", texts.ramp_first_day, false);
    whole("ramp_up.daily_increase", texts.ramp_daily_increase, false);
    if (!texts.ramp_from) out["limits.ramp_up.from"] = "Choose the first day.";
  }
  return out;
}

/** A gap in words: "90–150 s", "none" */
export function gapWords(limits: SendingLimits): string {
  const gap = limits.gap_seconds ?? 0;
  if (!gap) return "none";
  const most = gap + (limits.jitter_seconds ?? 0);
  const seconds = (n: number) => (n % 60 ? `${n} s` : `${n / 60} min`);
  return most > gap ? `${gap}–${most} s` : seconds(gap);
}

/** A ramp-up in words: "10 a day from Mon 2 Mar 2026, 5 more each day, up to 40" */
export function rampWords(limits: SendingLimits): string | undefined {
  const ramp = limits.ramp_up;
  if (!ramp) return undefined;
  const from = civilDay(ramp.from, { weekday: "short", day: "numeric", month: "short" });
  return `${count(ramp.first_day)} per day from ${from}, ${count(ramp.daily_increase)} more each day, up to ${count(limits.per_day)}`;
}
