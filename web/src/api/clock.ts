// The server's clock, as its answers give it: "now" and "4 min ago" are computed by it, whatever the device's clock
// says.
const WITHIN_MS = 2_000;
const MINUTE_MS = 60_000;
let ahead = 0;
/** The difference as the last answers gave it. */
let told = 0;
const listeners = new Set<() => void>();

/** Reads the `Date` header of an answer; it has whole seconds only, so small differences count as none. */
export function hearTime(date: string | null): void {
  const difference = Date.parse(date ?? "") - Date.now();
  if (Number.isNaN(difference)) return;
  ahead = Math.abs(difference) <= WITHIN_MS ? 0 : difference;
  if (Math.abs(ahead - told) < MINUTE_MS) return;
  told = ahead;
  for (const listener of listeners) listener();
}

export const serverNow = (): number => Date.now() + ahead;

/** Calls listeners when the clock turns out to be off by a minute or more, for example after the first answer. */
export function whenSet(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
