import { describe, expect, it, test } from "vitest";
import type { Step } from "./model";
import { type DiffAnswer, defaultTarget, EXIT, placeOf, type Version } from "./publish";

const step = (id: string): Step => ({ id, kind: "wait", delay: { amount: 1, unit: "days" } });
const steps = (...ids: string[]) => ids.map(step);

describe("where the people of a removed step go unless somebody chooses otherwise", () => {
  it("is the next of their steps that is still there, wherever it stands now", () => {
    expect(defaultTarget(step("b"), steps("a", "b", "c", "d"), steps("d", "c", "a"))).toBe("c");
    expect(defaultTarget(step("b"), steps("a", "b", "c", "d"), steps("d", "a"))).toBe("d");
  });
  it("is out of the sequence where nothing of what was to come is left", () => {
    expect(defaultTarget(step("d"), steps("a", "b", "c", "d"), steps("a", "b"))).toBe(EXIT);
    expect(defaultTarget(step("b"), steps("a", "b", "c"), steps("a", "new"))).toBe(EXIT);
  });
});

test("where a step stands is told of the version that is asked for, or of the latest that has it", () => {
  const row = (id: string, from?: number) => ({
    id,
    from,
    change: "same",
    before: from === undefined ? null : step(id),
  });
  const answer = {
    since: 7,
    version: 8,
    diff: { steps: [row("c", 1), row("a", 0), row("new")] },
  } as unknown as DiffAnswer;
  const versions = [
    { version: 7, steps: steps("a", "c") },
    { version: 6, steps: steps("a", "b", "c") },
    { version: 5, steps: steps("b") },
  ] as unknown as Version[];
  expect(placeOf(answer, versions, "c")).toEqual({ place: 1, version: 7 });
  expect(placeOf(answer, versions, "c", 6)).toEqual({ place: 2, version: 6 });
  expect(placeOf(answer, versions, "b")).toEqual({ place: 1, version: 6 });
  expect(placeOf(answer, [], "b")).toBeUndefined();
  expect(placeOf(answer, versions, "new")).toBeUndefined();
});
