import { expect, test } from "vitest";
import { segments } from "./composer";

test("SMS are counted as they are billed", () => {
  expect(segments("")).toEqual({ length: 0, count: 0, unicode: false });
  expect(segments("a".repeat(160)).count).toBe(1);
  expect(segments("a".repeat(161)).count).toBe(2);
  expect(segments("a".repeat(307)).count).toBe(3);
  expect(segments("€".repeat(80))).toEqual({ length: 160, count: 1, unicode: false });
  expect(segments("ж".repeat(71))).toEqual({ length: 71, count: 2, unicode: true });
});
