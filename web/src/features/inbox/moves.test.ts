import { expect, test } from "vitest";
import { besides, stepFrom, stepFromGone } from "./moves";

test("a step stays within the list", () => {
  expect([stepFrom(["a", "b"], 0, 1), stepFrom(["a", "b"], 1, 1), stepFrom(["a", "b"], 0, -1)]).toEqual([
    "b",
    "b",
    "a",
  ]);
  expect(stepFrom(["a", "b"], -1, 1)).toBe("a");
  expect(stepFrom([], 0, 1)).toBeUndefined();
});

test("the neighbour of an entry that leaves is the next one, and at the end the one before", () => {
  expect([besides(["a", "b", "c"], 1), besides(["a", "b"], 1), besides(["a"], 0)]).toEqual(["c", "a", undefined]);
});

test("a step from an entry that has left goes to what took its place, or to the one before", () => {
  const left = ["a", "c", "d"];
  expect([stepFromGone(left, 1, 1), stepFromGone(left, 1, -1)]).toEqual(["c", "a"]);
  expect([stepFromGone(left, 0, 1), stepFromGone(left, 0, -1)]).toEqual(["a", "a"]);
  expect([stepFromGone(left, 3, 1), stepFromGone([], 0, 1)]).toEqual(["d", undefined]);
});
