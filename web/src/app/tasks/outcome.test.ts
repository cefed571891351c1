import { expect, test } from "vitest";
import { hasOutcome, outcomeToast } from "./outcome";
import type { TaskView } from "./queries";

const task = (over: Partial<TaskView>): TaskView => ({
  id: "task_1",
  lead_id: "lead_1",
  lead_name: "Ada",
  kind: "call",
  title: "Ring Ada",
  body: "",
  created_at: "2026-11-19T09:00:00Z",
  rev: 1,
  due_at: "2026-11-20T09:00:00Z",
  ...over,
});

test("a call and whatever a sequence waits for can go one way or another, a reminder cannot", () => {
  expect(hasOutcome(task({}))).toBe(true);
  expect(hasOutcome(task({ kind: "manual", campaign_id: "campaign_1" }))).toBe(true);
  expect(hasOutcome(task({ kind: "manual" }))).toBe(false);
  expect(hasOutcome(task({ kind: "resolve_uncertain" }))).toBe(false);
});

test("what an answer does to the sequence is said at once", () => {
  const waited = task({ campaign_id: "campaign_1" });
  expect(outcomeToast(waited, "no_answer")).toBe("No answer: Ring Ada. The sequence continues");
  expect(outcomeToast(waited, "booked")).toBe("Meeting booked: sequences stopped for Ada");
  expect(outcomeToast(task({}), "done")).toBe("Done: Ring Ada");
  expect(outcomeToast(task({ kind: "whatsapp" }), "done")).toBe("Sent: Ring Ada");
});
