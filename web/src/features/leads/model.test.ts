import { expect, test } from "vitest";
import { parseFilters, parseSort, spellFilters, spellSort, valueWord, viewOf, withFilter } from "./model";

test("filters survive the URL, also with odd characters", () => {
  const filters = { status: ["new", "replied"], tag: ["a,b", "c;d:e"] };
  expect(parseFilters(spellFilters(filters))).toEqual(filters);
  expect(spellFilters({})).toBeUndefined();
});

test("what is no filter is left out", () => {
  expect(parseFilters("nonsense;status:;x:y;status:new,new")).toEqual({ status: ["new"] });
  expect(parseFilters(undefined)).toEqual({});
});

test("a filter without values is gone", () => {
  expect(withFilter({ status: ["new"] }, "status", [])).toEqual({});
});

test("order has one spelling and a sound default", () => {
  expect(parseSort("-name")).toEqual({ by: "name", dir: "desc" });
  expect(parseSort("drop table")).toEqual({ by: "score", dir: "desc" });
  expect(spellSort(parseSort("company"))).toBe("company");
});

test("values and views are named", () => {
  expect(valueWord("status", "won")).toBe("Won");
  expect(valueWord("country", "NL")).toBe("Netherlands");
  expect(valueWord("campaign", "campaign_1", { campaign_1: "Clinics" })).toBe("Clinics");
  expect(viewOf("temperature:hot")).toBe("hot");
  expect(viewOf("tag:x")).toBe("custom");
});
