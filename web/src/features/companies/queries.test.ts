import { expect, test } from "vitest";
import { parseSort, spellSort } from "./queries";

test("the order of companies is spelled in the address, and an unknown one is the usual", () => {
  expect(parseSort("-score")).toEqual({ by: "score", dir: "desc" });
  expect(parseSort("name")).toEqual({ by: "name", dir: "asc" });
  expect(parseSort("colour")).toEqual({ by: "leads", dir: "desc" });
  expect(parseSort(undefined)).toEqual({ by: "leads", dir: "desc" });
  expect(spellSort({ by: "won", dir: "desc" })).toBe("-won");
});
