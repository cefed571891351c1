import { expect, test } from "vitest";
import { morning, mornings } from "@/shared/lib/morning";

test("follow-ups fall on a working morning", () => {
  const friday = new Date(2026, 10, 20, 17, 30);
  expect(morning(1, friday)).toEqual(new Date(2026, 10, 23, 9, 0));
  expect(morning(3, friday)).toEqual(new Date(2026, 10, 23, 9, 0));
  expect(morning(4, friday)).toEqual(new Date(2026, 10, 24, 9, 0));
});

test("each choice is named by the day that it is on, and no morning is offered twice", () => {
  const words = (now: Date) => mornings(now).map(([label]) => label);
  const wednesday = new Date(2026, 10, 18, 10, 0);
  expect(words(wednesday)).toEqual(["Tomorrow", "Monday", "In a week", "In a month"]);
  const friday = new Date(2026, 10, 20, 10, 0);
  expect(words(friday)).toEqual(["Monday", "In a week", "In a month"]);
  expect(mornings(friday)[0]?.[1]).toEqual(new Date(2026, 10, 23, 9, 0));
  const tuesday = new Date(2026, 10, 17, 10, 0);
  expect(words(tuesday)).toEqual(["Tomorrow", "Friday", "In a week", "In a month"]);
});
