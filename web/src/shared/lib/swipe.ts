// Which way a finger went over a touch screen.

export type Direction = "left" | "right" | "up";

/** The least way of a finger that counts as a swipe, in CSS pixels. */
const SWIPE = 60;

/** Where a finger has gone, if that is far enough and something is to be had there. */
export function swipeOf(x: number, y: number, can: Partial<Record<Direction, boolean>>): Direction | undefined {
  const sideways = Math.abs(x) > Math.abs(y);
  const direction: Direction | undefined = sideways ? (x > 0 ? "right" : "left") : y < 0 ? "up" : undefined;
  return direction && Math.max(Math.abs(x), Math.abs(y)) >= SWIPE && can[direction] ? direction : undefined;
}
