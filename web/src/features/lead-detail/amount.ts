// An amount as a user writes it, and as the server counts it.
import { minorDigits } from "@/shared/lib/money";

/** Whole digits, in groups of three behind one kind of separator or without, and what follows the decimal mark. */
const AMOUNT = /^([1-9]\d{0,2}(?:([.,'])\d{3}(?:\2\d{3})*)|\d+)(?:([.,])(\d+))?$/;

/**
 * The minor units of an amount such as 1,200.50 or 1.200,50; nothing if it is none of the currency. A comma or point
 * before three digits separates thousands, unless it is the point of a currency with three digits.
 */
export function minorOf(text: string, currency: string): number | undefined {
  const digits = minorDigits(currency);
  const plain = text.trim().replace(/[\s’]/g, "'");
  const found = digits === 3 ? /^(\d+)()(\.)(\d{3})$/.exec(plain) : null;
  const [, whole = "", separator, mark, part = ""] = found ?? AMOUNT.exec(plain) ?? [];
  const figures = whole.replace(/\D/g, "");
  if (!/^\d{1,10}$/.test(figures) || part.length > digits || (mark && mark === separator)) return undefined;
  return Number(figures) * 10 ** digits + Number(part.padEnd(digits, "0") || 0);
}

/** The amount as it is edited. */
export function amountText(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  const unit = 10 ** digits;
  return minor % unit ? (minor / unit).toFixed(digits) : String(minor / unit);
}
