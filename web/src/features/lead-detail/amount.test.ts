import { expect, test } from "vitest";
import { amountText, minorOf } from "./amount";

test("amount is read with the digits of its currency", () => {
  expect(minorOf("1200", "EUR")).toBe(120_000);
  expect(minorOf(" 1,200.5 ", "EUR")).toBe(120_050);
  expect(minorOf("1'200", "CHF")).toBe(120_000);
  expect(minorOf("1200", "JPY")).toBe(1_200);
  expect(minorOf("1.2345", "KWD")).toBeUndefined();
  expect(minorOf("1.500", "KWD")).toBe(1_500);
  expect(minorOf("0", "EUR")).toBe(0);
});

test("comma and point are decimal marks or separate thousands", () => {
  expect(minorOf("1,50", "EUR")).toBe(150);
  expect(minorOf("1200,50", "EUR")).toBe(120_050);
  expect(minorOf("1,200.50", "EUR")).toBe(120_050);
  expect(minorOf("1.200,50", "EUR")).toBe(120_050);
  expect(minorOf("1 200,5", "EUR")).toBe(120_050);
  expect(minorOf("1,200", "EUR")).toBe(120_000);
  expect(minorOf("12.345.678", "EUR")).toBe(1_234_567_800);
});

test("text that is no amount is none", () => {
  for (const text of ["", "-5", "1.234.5", "1,2,3", "0.500", "1200,500", "1,20.50", "many", "1e5", "99999999999"])
    expect(minorOf(text, "EUR")).toBeUndefined();
  expect(minorOf("1.5", "JPY")).toBeUndefined();
});

test("amount is edited as it is read", () => {
  for (const minor of [0, 5, 120_000, 120_050]) expect(minorOf(amountText(minor, "EUR"), "EUR")).toBe(minor);
  expect(minorOf(amountText(1_500_500, "KWD"), "KWD")).toBe(1_500_500);
  expect(amountText(120_050, "EUR")).toBe("1200.50");
  expect(amountText(1_200, "JPY")).toBe("1200");
});
