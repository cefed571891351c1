import { expect, test } from "vitest";
import { swipeOf } from "./swipe";

test("a swipe counts when it is long enough, mostly in one direction, and leads somewhere", () => {
  const all = { left: true, right: true, up: true };
  expect(swipeOf(80, 20, all)).toBe("right");
  expect(swipeOf(-80, 20, all)).toBe("left");
  expect(swipeOf(10, -90, all)).toBe("up");
  expect(swipeOf(10, 90, all)).toBeUndefined();
  expect(swipeOf(40, 0, all)).toBeUndefined();
  expect(swipeOf(80, 0, { ...all, right: false })).toBeUndefined();
});
