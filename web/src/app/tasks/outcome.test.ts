import { expect, test } from "vitest";
import { CALL_OUTCOMES, effectOf, keyOf, outcomeOfKey } from "./effects";
import { canUndo } from "./ends";
import { hasOutcome, outcomeToast } from "./outcome";
import type { TaskView } from "./queries";

const task = (over: Partial<TaskView>): TaskView => ({
  id: "task_1",
  lead_id: "lead_1",
  lead_name: "Ada",
  kind: "call",
  title: "Ring Ada",
  body: "",
  priority: "normal",
  tries: 0,
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

test("each outcome of a call has a digit of its own, from 1 to 9 and then 0", () => {
  expect(CALL_OUTCOMES.map(keyOf).join("")).toBe("1234567890");
  expect(CALL_OUTCOMES.map((outcome) => outcomeOfKey(keyOf(outcome)))).toEqual([...CALL_OUTCOMES]);
  expect(["a", "10", "", "Enter"].map(outcomeOfKey)).toEqual([undefined, undefined, undefined, undefined]);
});

test("what an outcome does is said before it is chosen", () => {
  expect(effectOf(task({}), "no_answer")).toBe("Call again on the next working day, try 2 of 3");
  expect(effectOf(task({ tries: 2 }), "no_answer")).toBe("No more tries, this was the last of 3");
  expect(effectOf(task({ campaign_id: "campaign_1" }), "no_answer")).toBe("The sequence continues");
  expect(effectOf(task({}), "do_not_call")).toBe("Blocks the number and ends all sequences");
});

test("an outcome that moved a sequence cannot be undone", () => {
  expect(canUndo(task({}), "voicemail")).toBe(true);
  expect(canUndo(task({}), "booked")).toBe(false);
  expect(canUndo(task({ campaign_id: "campaign_1" }), "voicemail")).toBe(false);
});
