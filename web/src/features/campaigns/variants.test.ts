import { expect, test } from "vitest";
import { rangeWords } from "./variants";

test("the range is told with its points, and not where nobody had the variant", () => {
  const rates = { positive_low: 0.0413, positive_high: 0.1129 };
  expect(rangeWords({ contacted: 200, rates })).toBe("4.1–11.3%");
  expect(rangeWords({ contacted: 0, rates: { positive_low: 0, positive_high: 1 } })).toBeUndefined();
});
