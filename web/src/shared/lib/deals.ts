// Sums of deals as people read them: each currency on its own, never added.
import type { Schema } from "@/api/types";
import { plural } from "./format";
import { moneyList } from "./money";

export type DealSums = Schema["DealSumsView"];

/** The values of some deals, such as €12,400 + $900. */
export const valueWords = ({ sums }: DealSums) =>
  moneyList(sums.map(({ currency, value_minor }) => ({ currency, amount_minor: value_minor })));

/** The values times their probabilities. */
export const weightedWords = ({ sums }: DealSums) =>
  moneyList(sums.map(({ currency, weighted_minor }) => ({ currency, amount_minor: weighted_minor })));

/** Value and number, such as €12,400 · 7 deals. */
export const sumWords = (sums: DealSums) =>
  sums.deals ? `${valueWords(sums)} · ${plural(sums.deals, "deal")}` : "No deals";
