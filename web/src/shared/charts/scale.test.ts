import { expect, test } from "vitest";
import { scaleBand, scaleLinear } from "./scale";

test("a value lies between the ends of its picture, upside down too", () => {
  expect(scaleLinear([0, 10], [0, 100])(2.5)).toBe(25);
  expect(scaleLinear([0, 10], [100, 0])(10)).toBe(0);
  expect(scaleLinear([5, 5], [3, 9])(5)).toBe(3);
});

test("bands fill the width, with the same room between all", () => {
  const x = scaleBand(4, 300, 0.5, 0.25);
  expect(x.step).toBe(75);
  expect(x.bandwidth).toBe(37.5);
  expect([x.at(0), x.at(3)]).toEqual([18.75, 243.75]);
  expect(x.at(3) + x.bandwidth + 18.75).toBe(300);
  expect(scaleBand(0, 300, 0.5, 0.1).bandwidth).toBeGreaterThan(0);
});
