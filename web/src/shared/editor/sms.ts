// The number of SMS that a text becomes, as it is billed: the server counts the same way.
const GSM7 = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** Characters behind an escape: two septets each. */
const GSM7_EXTENDED = new Set("\f^{}\\[~]|€");

export interface SmsSegments {
  /** The unit of length: septets, or UTF-16 units. */
  units: number;
  count: number;
  encoding: "gsm7" | "ucs2";
  /** The first character that the shorter encoding lacks. */
  odd?: string;
}

export function segments(text: string): SmsSegments {
  const characters = [...text];
  const odd = characters.find((c) => !GSM7.has(c) && !GSM7_EXTENDED.has(c));
  const width = (c: string) => (odd ? c.length : GSM7_EXTENDED.has(c) ? 2 : 1);
  const [alone, joined] = odd ? [70, 67] : [160, 153];
  let units = 0;
  let [count, used] = [1, 0];
  for (const c of characters) {
    units += width(c);
    // A character of two units is never split.
    if (used + width(c) > joined) [count, used] = [count + 1, 0];
    used += width(c);
  }
  return { units, count: units === 0 ? 0 : units <= alone ? 1 : count, encoding: odd ? "ucs2" : "gsm7", odd };
}

/** Whether merge fields are filled in before it is sent, so that its size is a guess. */
export const hasFields = (text: string) => /\{\{.*?\}\}|\{%.*?%\}/s.test(text);
