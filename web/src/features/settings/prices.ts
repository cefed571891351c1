// Prices as text: `0.0079` is 7900 millionths.

/** Reads a price without a rounding error; `undefined`: it is no price. */
export function microsOf(text: string): number | undefined {
  const found = /^(\d{1,6})(?:[.,](\d{1,6}))?$/.exec(text.trim());
  if (!found) return undefined;
  return Number(found[1]) * 1_000_000 + Number((found[2] ?? "").padEnd(6, "0"));
}

export function textOfMicros(micros: number | null | undefined): string {
  if (micros === null || micros === undefined) return "";
  const whole = Math.floor(micros / 1_000_000);
  const rest = String(micros % 1_000_000)
    .padStart(6, "0")
    .replace(/0+$/, "");
  return rest ? `${whole}.${rest}` : String(whole);
}
