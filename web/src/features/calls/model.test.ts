import { expect, test } from "vitest";
import { after, beside, byDay, chosenRow, hoursWords, rowId } from "./model";
import type { QueueRow } from "./queries";

const row = (lead: string, task?: string) =>
  ({ lead_id: lead, task: task ? { id: task } : null, hours: "open", zone: "Europe/London" }) as QueueRow;

const rows = [row("lead_1", "task_1"), row("lead_2"), row("lead_3", "task_3")];

test("the chosen row is the one asked for, and the first once that one is gone", () => {
  expect(chosenRow(rows, "lead_2")).toBe(rows[1]);
  expect(chosenRow(rows, "task_9")).toBe(rows[0]);
  expect(chosenRow([], "task_1")).toBeUndefined();
});

test("j and k stop at the ends, and a closed row hands over to its neighbour", () => {
  expect(rows.map(rowId)).toEqual(["task_1", "lead_2", "task_3"]);
  expect([beside(rows, "task_1", -1), beside(rows, "task_1", 1), beside(rows, "task_3", 1)]).toEqual([
    "task_1",
    "lead_2",
    "task_3",
  ]);
  expect([after(rows, "task_1"), after(rows, "task_3"), after(rows.slice(0, 1), "task_1")]).toEqual([
    "lead_2",
    "lead_2",
    undefined,
  ]);
});

test("the lead's time says from when they can be called", () => {
  const now = Date.parse("2026-11-17T10:42:00Z");
  expect(hoursWords(row("lead_1"), now)).toBe("10:42 there");
  expect(hoursWords({ hours: "unknown", zone: null, opens_at: null }, now)).toBe("Local time not known");
  const asleep = { hours: "closed", zone: "America/Los_Angeles", opens_at: "2026-11-17T17:00:00Z" } as const;
  expect(hoursWords(asleep, now)).toMatch(/^02:42 there, from \d\d:00 your time$/);
});

const at = (lead: string, time: string, kind?: string) =>
  ({ lead_id: lead, at: time, task: kind ? { id: `task_${lead}`, kind } : null }) as QueueRow;

test("a call of tomorrow is not due today, and the reply of its lead waits for it", () => {
  const now = Date.parse("2026-11-20T12:00:00Z");
  const rows = [
    at("lead_1", "2026-11-20T11:00:00Z"),
    at("lead_2", "2026-11-20T09:00:00Z"),
    at("lead_3", "2026-11-20T15:00:00Z", "call"),
    at("lead_1", "2026-11-21T09:00:00Z", "call"),
  ];
  const { due, later } = byDay(rows, now);
  expect(due.map(({ lead_id }) => lead_id)).toEqual(["lead_2", "lead_3"]);
  expect(later.map(({ lead_id }) => lead_id)).toEqual(["lead_1"]);
});

test("a follow-up of tomorrow does not hide a reply that waits today", () => {
  const now = Date.parse("2026-11-20T12:00:00Z");
  const rows = [at("lead_1", "2026-11-20T11:00:00Z"), at("lead_1", "2026-11-21T09:00:00Z", "follow_up")];
  expect(byDay(rows, now).due).toHaveLength(1);
});
