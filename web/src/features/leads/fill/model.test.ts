import { expect, test } from "vitest";
import type { LeadRow } from "@/api/types";
import {
  type CellView,
  type ColumnView,
  costOf,
  funnel,
  type RunView,
  runOf,
  sampled,
  shownCell,
  standing,
  startWords,
  timeLeft,
  valueIn,
} from "./model";
import { nextCap } from "./raise-cap";
import { moved } from "./waterfall-field";

const column = {
  id: "column_1",
  name: "E-mail",
  target: { to: "lead_field", field: "email" },
  recipe: {
    kind: "enrichment",
    field: "email",
    providers: [{ provider: "website" }, { provider: "hunter", min_confidence: 85 }, { provider: "apollo" }],
  },
} as unknown as ColumnView;
const cell = (state: object, more: object = {}) =>
  ({
    lead: "lead_1",
    column: "column_1",
    price: 0,
    at: "2026-11-17T10:43:00Z",
    is_late: false,
    ...state,
    ...more,
  }) as CellView;
const lead = (email: string | null, updated_at = "2026-11-17T10:00:00Z") =>
  ({ id: "lead_1", email, updated_at, fields: { "custom.Sites": ["A", "B"] } }) as unknown as LeadRow;

test("a cell shows its state, and a value with where it is from", () => {
  const shown = (state: object, row?: LeadRow) => shownCell(cell(state), column, row);
  expect(shownCell(undefined, column)).toMatchObject({ mark: "empty" });
  expect(shown({ state: "asked", source: "hunter" })).toEqual({ mark: "running", text: "Hunter, 2 of 3" });
  expect(shown({ state: "found", value: "a@b.example", source: "hunter", confidence: 97 })).toMatchObject({
    text: "a@b.example",
    note: "Hunter",
    low: false,
  });
  expect(shown({ state: "found", value: "a@b.example", source: "hunter", confidence: 61 })).toMatchObject({
    note: "61%",
    low: true,
  });
  expect(shown({ state: "not_found" })).toMatchObject({ mark: "not_found", text: "not found" });
  expect(shown({ state: "skipped", why: "'city' has no value" })).toMatchObject({ text: "'city' has no value" });
  expect(shown({ state: "failed", error: "Hunter busy", attempts: 1, retry_at: "2026-11-17T10:45:00Z" }).text).toMatch(
    /^Hunter busy, again \d\d:45$/,
  );
  expect(shown({ state: "failed", error: "Hunter busy", attempts: 1 }).text).toMatch(/^Hunter busy, \d\d:43$/);
  expect(shown({ state: "answer_lost" }).mark).toBe("answer_lost");
  expect(shownCell(cell({ state: "waiting" }, { is_late: true }), column).mark).toBe("late");
});

test("a value that the lead had stays in sight, and so does one that a user typed later", () => {
  expect(shownCell(undefined, column, lead("own@b.example"))).toEqual({ mark: "value", text: "own@b.example" });
  expect(shownCell(cell({ state: "not_found" }), column, lead("own@b.example"))).toMatchObject({
    text: "own@b.example",
    note: "kept",
  });
  const found = cell({ state: "found", value: "a@b.example", source: "hunter" });
  expect(shownCell(found, column, lead("typed@b.example", "2026-11-17T11:00:00Z"))).toMatchObject({
    text: "typed@b.example",
    note: "by hand",
  });
  // A list that has not followed yet does not hide what was found.
  expect(shownCell(found, column, lead("old@b.example"))).toMatchObject({ text: "a@b.example" });
  const sites = { ...column, target: { to: "custom_field", key: "Sites" } } as ColumnView;
  expect(valueIn(lead(null), sites)).toBe("A, B");
});

test("the time left follows the pace of the last minute, and is not told from one look", () => {
  let seen = sampled([], { at: 0, done: 100 });
  expect(timeLeft(seen, 500)).toBeUndefined();
  seen = sampled(seen, { at: 10_000, done: 150 });
  expect(timeLeft(seen, 500)).toBe(70_000);
  seen = sampled(seen, { at: 65_000, done: 160 });
  expect(seen).toHaveLength(2);
  // Another run has less done.
  expect(sampled(seen, { at: 66_000, done: 5 })).toEqual([{ at: 66_000, done: 5 }]);
});

test("the button that starts a run names the rows and the lower of estimate and cap", () => {
  const words = (most: number, cap: number | null) => startWords({ leads: 486, most }, cap).replace("US$", "$");
  expect(words(48_450_000, 20_000_000)).toBe("Fill 486 rows, at most $20.00");
  expect(words(4_500_000, 20_000_000)).toBe("Fill 486 rows, at most $4.50");
  expect(words(4_500_000, null)).toBe("Fill 486 rows, at most $4.50");
  expect(words(0, 20_000_000)).toBe("Fill 486 rows, free");
});

test("a funnel has the providers in their order, with the rows that ended there and what these cost", () => {
  const sources = {
    apollo: { rows: 1, spent: 30 },
    hunter: { rows: 2, spent: 40 },
    not_found: { rows: 1, spent: 5 },
    fresh: { rows: 41, spent: 0 },
    skipped: { rows: 9, spent: 0 },
  };
  expect(funnel(column, sources).map(({ label, rows, cost }) => [label, rows, cost])).toEqual([
    ["There already", 41, 0],
    ["Own website", 0, 0],
    ["Hunter", 2, 40],
    ["Apollo", 1, 30],
    ["Not found", 1, 5],
  ]);
  expect(costOf(sources)).toBe(75);
});

test("a column's sums are of the shown run, or else of the newest with the column", () => {
  const run = (id: string, columns: string[]) => ({ id, columns }) as unknown as RunView;
  const [one, two, three] = [run("run_3", ["a"]), run("run_2", ["a", "b"]), run("run_1", ["b"])];
  expect(runOf("a", two, [one, two, three])).toBe(two);
  expect(runOf("b", one, [one, two, three])).toBe(two);
  expect(runOf("c", one, [one, two, three])).toBeUndefined();
});

test("the next cap is half as much again, in whole dollars, and at least a dollar more than is spent", () => {
  expect(nextCap({ cap: 20_000_000, spent: 19_990_000 })).toBe(30_000_000);
  expect(nextCap({ cap: 10_000, spent: 9_000 })).toBe(2_000_000);
  expect(nextCap({ cap: 1_000_000, spent: 4_200_000 })).toBe(6_000_000);
});

test("a provider moves by one place, and stays at the ends", () => {
  expect(moved(["a", "b", "c"], 1, -1)).toEqual(["b", "a", "c"]);
  expect(moved(["a", "b", "c"], 1, 1)).toEqual(["a", "c", "b"]);
  expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
});

test("a run that stands says what it waits for, and for how long", () => {
  const at = (seconds: number) => Date.parse("2026-11-17T10:43:00Z") + seconds * 1_000;
  const run = { state: "running", done: 0, started_at: "2026-11-17T10:43:00Z", worker_until: null } as const;
  const busy = { ...run, worker_until: "2026-11-17T10:45:00Z" };
  expect(standing(run, at(0), at(0))).toBe("waiting for its turn");
  expect(standing(run, at(0), at(74))).toBe("waiting for its turn for 1 min 14 s");
  expect(standing(busy, at(0), at(12))).toBe("starting for 12 s");
  expect(standing(busy, at(0), at(130))).toMatch(/^waiting for its turn/);
  expect(standing({ ...busy, done: 25 }, at(40), at(45))).toBeUndefined();
  expect(standing({ ...busy, done: 25 }, at(40), at(60))).toBe("asking about the next rows for 20 s");
  expect(standing({ ...run, done: 25 }, at(40), at(60))).toBe("waiting for its turn for 20 s");
  expect(standing({ ...run, state: "paused" }, at(0), at(60))).toBeUndefined();
});
