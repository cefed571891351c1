import { expect, test } from "vitest";
import type { SuppressionView } from "./queries";
import { withGone } from "./suppression";

const entry = (value: string): SuppressionView => ({
  scope: "email",
  value,
  reason: "opted_out",
  created_at: "2026-11-27T08:00:00Z",
});

test("what was taken off the list keeps its place, so that no other row comes under the pointer", () => {
  const [ann, ben, cleo] = [entry("ann@x.example"), entry("ben@x.example"), entry("cleo@x.example")];
  const gone = { entry: ben, at: 1, undo: "u" };
  const shown = (entries: SuppressionView[]) => withGone(entries, [gone]).map((row) => [row.entry.value, !!row.gone]);
  const expected = [
    ["ann@x.example", false],
    ["ben@x.example", true],
    ["cleo@x.example", false],
  ];
  expect(shown([ann, cleo])).toEqual(expected);
  // The list before the answer came.
  expect(shown([ann, ben, cleo])).toEqual(expected);
});
