import { expect, test } from "vitest";
import { lateAt } from "./due";

const NOW = Date.parse("2026-11-27T10:00:00Z");

test("the call of a hot lead is late after a day, any other task after a quarter of an hour", () => {
  const late = (kind: "hot_lead" | "call", due_at: string) => lateAt({ kind, due_at }, NOW);
  expect(late("hot_lead", "2026-11-25T10:00:00Z")).toBe(true);
  expect(late("hot_lead", "2026-11-27T07:00:00Z")).toBe(false);
  expect(late("call", "2026-11-27T09:44:00Z")).toBe(true);
  expect(late("call", "2026-11-27T09:50:00Z")).toBe(false);
});
