import { expect, test } from "vitest";
import { nextSteps } from "./next-steps";

const task = (lead_id: string, kind: "call" | "follow_up", due_at: string, done_at?: string) => ({
  ...{ lead_id, kind, due_at, done_at },
});

test("a lead's next step is its earliest open task", () => {
  const steps = nextSteps(
    [
      task("lead_1", "follow_up", "2026-11-22T09:00:00Z"),
      task("lead_1", "call", "2026-11-21T09:00:00Z"),
      task("lead_1", "call", "2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z"),
    ],
    [],
  );
  expect(steps.get("lead_1")).toEqual({ word: "Call", due: "2026-11-21T09:00:00Z" });
});

test("a reply that waits comes before a task, and a lead without both has no step", () => {
  const steps = nextSteps([task("lead_1", "call", "2026-11-21T09:00:00Z")], [{ lead_id: "lead_1" }]);
  expect(steps.get("lead_1")).toEqual({ word: "Reply waits" });
  expect(steps.has("lead_2")).toBe(false);
});
