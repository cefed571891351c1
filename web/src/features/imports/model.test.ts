import { expect, test } from "vitest";
import type { CustomField } from "@/app/shared-queries";
import {
  chosenUse,
  chunkRanges,
  columnUse,
  filledFields,
  formatWords,
  mappedSummary,
  mappingProblems,
  needsLook,
  type Options,
  optionsBody,
  station,
  targetOptions,
} from "./model";

const plan: CustomField = { id: "field_1", key: "Plan", label: "Tariff", kind: "choice", options: ["Gold"] };

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
  ).toBe("2 matched, 1 new field, 1 not imported, 1 to review");
  expect(mappedSummary([{ target: null, field: "Plan", fits: 1, of: 9 }])).toBe("1 matched, 1 to review");
  expect(needsLook({ target: "email", fits: 0, of: 0 })).toBe(false);
});

test("a column may fill a fixed field, one of the workspace's with its kind, or a new one", () => {
  const labels = (header: string) => targetOptions(header, [plan]).map((o) => o.label);
  expect(labels("Treatments")).toEqual(
    expect.arrayContaining(["E-mail", "Tariff (choice)", "New text field: Treatments", "Do not import"]),
  );
  expect(labels("tariff").some((label) => label.startsWith("New"))).toBe(false);
});

test("a column's use is told by its select, and back", () => {
  for (const use of [
    { target: "email", field: null },
    { target: null, field: "Plan" },
    { target: null, field: null },
    { target: "ignore", field: null },
  ] as const)
    expect(chosenUse(columnUse(use))).toEqual(use);
  expect(filledFields([{ field: "Plan" }, {}], [plan])).toEqual([plan]);
});

test("a field is filled by one column", () => {
  expect(
    mappingProblems([
      { header: "mail", target: "email" },
      { header: "a", target: null, field: "Plan" },
      { header: "b", target: null, field: "Plan" },
    ]),
  ).toEqual(["Plan is chosen for more than one column."]);
});

test("only what a user has chosen is sent as the country and the spelling", () => {
  const values = { bad_values: "leave_out", decimal_comma: true, day_first: true, spelling_chosen: false } as const;
  const options: Options = {
    default_country: "DE",
    country_chosen: false,
    duplicates: "skip",
    enrich: true,
    values,
  };
  expect(optionsBody(options)).toEqual({ duplicates: "skip", enrich: true, values: { bad_values: "leave_out" } });
  const chosen = { ...options, country_chosen: true, values: { ...values, spelling_chosen: true } };
  expect(optionsBody(chosen)).toMatchObject({
    default_country: "DE",
    values: { bad_values: "leave_out", decimal_comma: true, day_first: true },
  });
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
