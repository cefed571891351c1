// Amounts of money, with the minor digits by which the server counts.
import type { Schema } from "@/api/types";
import { numberFormat } from "./format";

export type Money = Schema["MoneyView"];

const WITHOUT_MINOR = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(" ");
const IN_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND".split(" ");

/** The digits of the minor unit by ISO 4217, by which the server counts; the browser's locale data differ in some. */
export function minorDigits(currency: string): number {
  if (WITHOUT_MINOR.includes(currency)) return 0;
  if (IN_THOUSANDTHS.includes(currency)) return 3;
  return currency === "CLF" || currency === "UYW" ? 4 : 2;
}

/** Amounts in different currencies, beside each other and never added; a dash for none. */
export const moneyList = (values: Money[]) => values.map(money).join(" + ") || "–";

/** Whole amounts lose their cents: £79, but £79.50. */
export function money(value: Money): string {
  const digits = minorDigits(value.currency);
  const amount = value.amount_minor / 10 ** digits;
  const shown = Number.isInteger(amount) ? 0 : digits;
  return numberFormat({
    style: "currency",
    currency: value.currency,
    minimumFractionDigits: shown,
    maximumFractionDigits: shown,
  }).format(amount);
}

/** An amount to the millionth: most messages cost less than a cent. */
export const price = (micros: number, currency: string) =>
  numberFormat({ style: "currency", currency, maximumFractionDigits: 6 }).format(micros / 1_000_000);
