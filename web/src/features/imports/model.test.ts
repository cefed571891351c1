import { expect, test } from "vitest";
import { chunkRanges, formatWords, mappedSummary, mappingProblems, needsLook, station, targetOptions } from "./model";

test("a mapping needs a way to reach people, and each field once", () => {
  expect(mappingProblems([{ header: "a", target: "company" }])).toHaveLength(1);
  expect(mappingProblems([{ header: "tel", target: "phone" }])).toEqual([]);
  expect(
    mappingProblems([
      { header: "tel", target: "phone" },
      { header: "mobile", target: "phone" },
    ]),
  ).toEqual(["Phone is chosen for more than one column."]);
  expect(
    mappingProblems([
      { header: "mail", target: "email" },
      { header: "a", target: "company" },
      { header: "b", target: "company" },
    ]),
  ).toEqual(["Company is chosen for more than one column."]);
  expect(mappingProblems([{ header: "mail", target: "ignore" }])).toHaveLength(1);
});

test("columns are summed up in words", () => {
  expect(
    mappedSummary([
      { target: "email", fits: 9, of: 10 },
      { target: "phone", fits: 2, of: 10 },
      { target: null, fits: 0, of: 3 },
      { target: "ignore", fits: 0, of: 0 },
    ]),
  ).toBe("2 matched, 1 kept as a custom field, 1 not imported, 1 to review");
  expect(needsLook({ target: "email", fits: 0, of: 0 })).toBe(false);
});

test("an unmapped column keeps its name", () => {
  expect(targetOptions("Treatments").find((o) => o.value === "custom")?.label).toBe("New field: Treatments");
});

test("stations follow the state", () => {
  expect(station(undefined, false)).toBe(0);
  expect(station({ state: "mapped" }, false)).toBe(1);
  expect(station({ state: "mapped" }, true)).toBe(2);
  expect(station({ state: "done" }, false)).toBe(4);
});

test("files are cut without loss", () => {
  expect(chunkRanges(0)).toEqual([]);
  expect(chunkRanges(5, 2)).toEqual([
    [0, 2],
    [2, 4],
    [4, 5],
  ]);
});

test("formats read as words", () => {
  const columns = Array.from({ length: 12 }, () => ({ header: "", samples: [], fits: 0, of: 0 }));
  expect(formatWords({ format: { format: "csv", delimiter: ";", encoding: "windows-1252" }, columns })).toBe(
    "12 columns, semicolons, windows-1252",
  );
});
