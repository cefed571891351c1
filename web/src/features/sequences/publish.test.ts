import { describe, expect, it } from "vitest";
import type { Step } from "./model";
import { defaultTarget, EXIT } from "./publish";

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
