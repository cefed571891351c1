import { expect, test } from "vitest";
import { listQuery } from "./lead-fields";

test("values of a filter are between commas, and as JSON where one has a comma", () => {
  expect(listQuery({ tag: ["vip", "fair"], country: [] })).toEqual({ tag: "vip,fair" });
  expect(listQuery({ tag: ["Bonn, autumn", "vip"] })).toEqual({ tag: '["Bonn, autumn","vip"]' });
  expect(listQuery({ category: ["[old]"] })).toEqual({ category: '["[old]"]' });
});
