import { expect, test } from "vitest";
import { when } from "./format";
import { writtenWith } from "./written-with";

const at = "2026-03-12T09:10:00Z";

test("a text names its model, the version of the instructions and its date", () => {
  expect(writtenWith({ model: "gpt-5-mini", prompt: "1.4" }, at)).toBe(
    `Written by gpt-5-mini with prompt version 4, ${when(at)}`,
  );
});

test("a text without instructions names the built-in prompt", () => {
  expect(writtenWith({ model: "small", prompt: "2.0" }, at)).toBe(
    `Written by small with the built-in prompt, ${when(at)}`,
  );
});
