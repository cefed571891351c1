// The server's clock, as its answers tell it: "now" and "4 min ago" are reckoned by it, whatever this machine's clock says.
const WITHIN_MS = 2_000;
const MINUTE_MS = 60_000;
let ahead = 0;
/** As it was when they were last told. */
let told = 0;
const listeners = new Set<() => void>();

/** `Date` of an answer; it knows whole seconds only, so small differences are none. */
export function hearTime(date: string | null): void {
  const difference = Date.parse(date ?? "") - Date.now();
  if (Number.isNaN(difference)) return;
  ahead = Math.abs(difference) <= WITHIN_MS ? 0 : difference;
  if (Math.abs(ahead - told) < MINUTE_MS) return;
  told = ahead;
  for (const listener of listeners) listener();
}

export const serverNow = (): number => Date.now() + ahead;

/** Told when the clock turns out to be a minute or more from where it was thought to be, as by the first answer. */
export function whenSet(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
