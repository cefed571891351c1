// Figures of the pipeline as a person reads them.
import { type DealSums, sumWords } from "@/shared/lib/deals";
import { count, share } from "@/shared/lib/format";
import type { Forecast, Health, StageHealth } from "./queries";

/** A median time: hours below two days, then days. */
export function medianWords(hours: number | null | undefined): string {
  if (hours === null || hours === undefined) return "–";
  if (hours < 48) return `${count(hours)} h`;
  return `${count(Math.round(hours / 24))} days`;
}

/** What a weighted sum is of. */
export const weightedNote = (sums: DealSums): string =>
  sums.deals ? `weighted, of ${sumWords(sums)}` : "No open deals";

/** How many of those who left a stage went on: a share, or numbers where they are few. */
export const wentOnWords = ({ left, went_on }: StageHealth): string => (left ? share(went_on, left) : "–");

/** The currencies that the months have, the one with the most first. */
export function currenciesOf({ months }: Forecast): string[] {
  const sums = new Map<string, number>();
  for (const month of months)
    for (const sum of [...month.open.sums, ...month.won.sums])
      sums.set(sum.currency, (sums.get(sum.currency) ?? 0) + sum.value_minor);
  return [...sums].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([currency]) => currency);
}

/** What a month has in one currency. */
export function monthIn(month: Forecast["months"][number], currency: string) {
  const open = month.open.sums.find((sum) => sum.currency === currency);
  const won = month.won.sums.find((sum) => sum.currency === currency);
  return { open: open?.value_minor ?? 0, weighted: open?.weighted_minor ?? 0, won: won?.value_minor ?? 0 };
}

/**
 * How the weighted deals of the coming three months compare with what was won in the last three, in each currency that
 * something was won in: 1.2 is a fifth more.
 */
export function coverageOf({ three_months, won_three_months }: Health): { currency: string; times: number }[] {
  return won_three_months.sums
    .filter((won) => won.value_minor > 0)
    .map((won) => {
      const open = three_months.sums.find((sum) => sum.currency === won.currency);
      return { currency: won.currency, times: (open?.weighted_minor ?? 0) / won.value_minor };
    });
}
