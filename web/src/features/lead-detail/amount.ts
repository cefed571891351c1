// An amount as a user writes it, and as the server counts it.
import { minorDigits } from "@/shared/lib/money";

/** The minor units of an amount such as 1,200.50; nothing if it is none of the currency. */
export function minorOf(text: string, currency: string): number | undefined {
  const plain = text.trim().replace(/[\s,'’]/g, "");
  const [whole, part = "", ...more] = plain.split(".");
  const digits = minorDigits(currency);
  if (more.length || !/^\d{1,10}$/.test(whole ?? "") || !/^\d*$/.test(part) || part.length > digits) return undefined;
  return Number(whole) * 10 ** digits + Number(part.padEnd(digits, "0") || 0);
}

/** The amount as it is edited. */
export function amountText(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  const unit = 10 ** digits;
  return minor % unit ? (minor / unit).toFixed(digits) : String(minor / unit);
}
