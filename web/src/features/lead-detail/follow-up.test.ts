import { expect, test } from "vitest";
import { morning } from "@/shared/lib/morning";

test("follow-ups fall on a working morning", () => {
  const friday = new Date(2026, 10, 20, 17, 30);
  expect(morning(1, friday)).toEqual(new Date(2026, 10, 23, 9, 0));
  expect(morning(3, friday)).toEqual(new Date(2026, 10, 23, 9, 0));
  expect(morning(4, friday)).toEqual(new Date(2026, 10, 24, 9, 0));
});
