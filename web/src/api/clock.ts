// The server's clock, as its answers tell it: "now" and "4 min ago" are reckoned by it, whatever this machine's clock says.
const WITHIN_MS = 2_000;
let ahead = 0;

/** `Date` of an answer; it knows whole seconds only, so small differences are none. */
export function hearTime(date: string | null): void {
  const difference = Date.parse(date ?? "") - Date.now();
  if (Number.isNaN(difference)) return;
  ahead = Math.abs(difference) <= WITHIN_MS ? 0 : difference;
}

export const serverNow = (): number => Date.now() + ahead;
