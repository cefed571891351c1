// The figures that have targets, as a person reads them.
import { count } from "@/shared/lib/format";
import { minorDigits, money } from "@/shared/lib/money";
import type { Progress, Progresses, Targets } from "./queries";

export type Figure = keyof Progresses;

export const FIGURES: readonly Figure[] = ["calls", "meetings", "won", "collected"];

export const FIGURE_NAMES: Record<Figure, string> = {
  calls: "Calls",
  meetings: "Meetings",
  won: "Won leads",
  collected: "Collected",
};

/** A number of a figure: money in the workspace's currency, or a count. */
export const figureWords = (figure: Figure, n: number, currency: string): string =>
  (figure === "collected" ? money({ amount_minor: n, currency }) : count(n)).replaceAll("-", "−");

/** The same, about: money without cents. */
const aboutWords = (figure: Figure, n: number, currency: string): string => {
  const unit = figure === "collected" ? 10 ** minorDigits(currency) : 1;
  return figureWords(figure, Math.abs(n) < unit ? n : Math.round(n / unit) * unit, currency);
};

/** "12 of 40", or "12" without a target. */
export const reachedWords = (figure: Figure, { actual, target }: Progress, currency: string): string => {
  const words = figureWords(figure, actual, currency);
  return typeof target === "number" ? `${words} of ${figureWords(figure, target, currency)}` : words;
};

/**
 * How a figure stands by its pace: "3 behind pace". Nothing without a target, or before anything is expected. Once all
 * working days are over it is told as what is missing.
 */
export function paceWords(
  figure: Figure,
  { actual, target, expected }: Progress,
  { currency, working_days, days_over }: Pick<Targets, "currency" | "working_days" | "days_over">,
): string | undefined {
  if (typeof target !== "number" || typeof expected !== "number") return undefined;
  if (actual >= target) return "reached";
  const words = (n: number) => aboutWords(figure, n, currency);
  if (days_over === working_days) return `${words(target - actual)} short`;
  if (days_over === 0) return undefined;
  if (actual < expected) return `${words(expected - actual)} behind pace`;
  return actual > expected ? `${words(actual - expected)} ahead of pace` : "on pace";
}

/** "about 34 at this pace"; nothing once the month is over, or before its first working day is. */
export function projectedWords(
  figure: Figure,
  { projected }: Progress,
  { currency, working_days, days_over }: Pick<Targets, "currency" | "working_days" | "days_over">,
): string | undefined {
  if (typeof projected !== "number" || days_over === working_days) return undefined;
  return `about ${aboutWords(figure, projected, currency)} at this pace`;
}

export const hasTargets = (progress: Progresses | null | undefined): boolean =>
  !!progress && FIGURES.some((figure) => typeof progress[figure].target === "number");
