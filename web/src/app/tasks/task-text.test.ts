import { expect, test } from "vitest";
import { isLong, linkWords } from "./task-text";

test("only what opens the place of a task is a link", () => {
  expect(linkWords("tel:+441174960142")).toMatch(/^Call \+44/);
  expect(linkWords("https://wa.me/441174960142?text=Hi")).toBe("Open WhatsApp");
  expect(linkWords("https://uk.linkedin.com/in/ada")).toBe("Open LinkedIn");
  expect(linkWords("https://linkedin.com.evil.example/in/ada")).toBe("Open the link");
  expect(linkWords("javascript:alert(1)")).toBeUndefined();
});

test("a script is folded, a few lines are not", () => {
  expect(isLong("one\ntwo\nthree")).toBe(false);
  expect(isLong(Array(7).fill("line").join("\n"))).toBe(true);
  expect(isLong("x".repeat(400))).toBe(true);
});
