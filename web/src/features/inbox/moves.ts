// Moving in a list: by keys, and on to a neighbour when the current entry leaves the list.

/** The entry so many places further; the list ends at its first and last entry. */
export const stepFrom = <T>(items: T[], at: number, by: number): T | undefined =>
  items[Math.max(0, Math.min(items.length - 1, at + by))];

/** The entry that takes the place of one that leaves the list: the next, or at the end the one before. */
export const besides = <T>(items: T[], at: number): T | undefined => items[at + 1] ?? items[at - 1];

/** A step from an entry that has left the list, where it was: down is what took its place, up is the one before. */
export const stepFromGone = <T>(items: T[], was: number, by: number): T | undefined =>
  stepFrom(items, by > 0 ? was - 1 : was, by);
