import { expect, test } from "vitest";
import { problemFrom } from "./errors";
import { whileThere } from "./query";

const answered = (status: number) => ({
  state: { error: problemFrom(new Response(null, { status }), undefined) },
});

test("what does not exist is not asked for again; what failed is", () => {
  expect(whileThere(5_000)({ state: { error: null } })).toBe(5_000);
  expect(whileThere(5_000)(answered(503))).toBe(5_000);
  expect(whileThere(5_000)(answered(404))).toBe(false);
});
