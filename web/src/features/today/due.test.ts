import { expect, test } from "vitest";
import { dueNote, lateAt } from "./due";

const NOW = Date.parse("2026-11-27T10:00:00Z");

test("the call of a hot lead is late after a day, any other task after a quarter of an hour", () => {
  const late = (kind: "hot_lead" | "call", due_at: string) => lateAt({ kind, due_at }, NOW);
  expect(late("hot_lead", "2026-11-25T10:00:00Z")).toBe(true);
  expect(late("hot_lead", "2026-11-27T07:00:00Z")).toBe(false);
  expect(late("call", "2026-11-27T09:44:00Z")).toBe(true);
  expect(late("call", "2026-11-27T09:50:00Z")).toBe(false);
});

test("the heading counts what is due by the end of today apart from what comes later", () => {
  const at = (due_at: string) => ({ kind: "call" as const, due_at });
  const [late, today, later] = ["2026-11-27T09:00:00Z", "2026-11-27T15:00:00Z", "2026-11-29T09:00:00Z"].map(at);
  if (!late || !today || !later) throw new Error();
  expect(dueNote([late, today, later], NOW)).toBe("2 due, 1 late, 1 later");
  expect(dueNote([late], NOW)).toBe("1 due, late");
  expect(dueNote([late, late], NOW)).toBe("2 due, all late");
  expect(dueNote([later], NOW)).toBe("1 later");
  expect(dueNote([], NOW)).toBeUndefined();
});
