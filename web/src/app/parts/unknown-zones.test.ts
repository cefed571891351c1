import { expect, test } from "vitest";
import { unknownZoneWords } from "./unknown-zones";

test("leads without a known time zone are counted before the launch, and those that would be held", () => {
  const none = { people: 0, held: 0, lookedAt: 60, more: false };
  expect(unknownZoneWords(none)).toEqual([]);
  expect(unknownZoneWords({ ...none, people: 1 })[0]).toMatch(/^1 lead has no known time zone\. /);
  const [first, second] = unknownZoneWords({ people: 300, held: 2, lookedAt: 1000, more: true });
  expect(first).toMatch(/^300 leads have no known time zone among the first 1,000\. /);
  expect(second).toMatch(/^2 of them are held /);
});
