import { expect, test } from "vitest";
import type { LeadRow } from "@/api/types";
import { type Board, cardAt, moved, placeOf, withMore } from "./model";

const card = (id: string, status: string, score: number, since = "2026-11-01T00:00:00Z") =>
  ({ id, name: id, status, score, stage_since: since }) as LeadRow;

const deals = { deals: 0, sums: [] };

const board = (): Board => ({
  total: 4,
  deals,
  deals_cut_off: false,
  columns: [
    { stage: "new", count: 2, deals, cards: [card("a", "new", 80), card("b", "new", 40)], next_cursor: null },
    { stage: "replied", count: 1, deals, cards: [card("c", "replied", 60)], next_cursor: null },
    { stage: "lost", count: 1, deals, cards: [card("d", "lost", 10)], next_cursor: null },
  ],
});

const ids = (b: Board) => b.columns.map(({ cards, count }) => [count, ...cards.map(({ id }) => id)]);

test("card is moved to its place by the order, and both counts follow", () => {
  const b = board();
  const a = cardAt(b, placeOf(b, "a")) as LeadRow;
  expect(ids(moved(b, a, { status: "replied" }, "score"))).toEqual([
    [1, "b"],
    [2, "a", "c"],
    [1, "d"],
  ]);
  const late = { status: "replied", stage_since: "2026-11-09T00:00:00Z" };
  expect(ids(moved(b, a, late, "stage_since"))[1]).toEqual([2, "c", "a"]);
});

test("board is exactly as before when a card is put back where it was", () => {
  const b = board();
  const at = placeOf(b, "b");
  const before = cardAt(b, at) as LeadRow;
  const there = moved(b, before, { status: "lost", stage_since: "2026-11-09T00:00:00Z" }, "score");
  expect(moved(there, cardAt(there, placeOf(there, "b")) as LeadRow, before, "score", at?.index)).toEqual(b);
});

test("card that belongs among cards that are not read yet is counted and not shown", () => {
  const b = board();
  const replied = b.columns[1] as Board["columns"][number];
  const long = { ...b, columns: [b.columns[0], { ...replied, count: 90, next_cursor: "more" }, b.columns[2]] } as Board;
  const low = cardAt(long, placeOf(long, "b")) as LeadRow;
  expect(ids(moved(long, low, { status: "replied" }, "score"))[1]).toEqual([91, "c"]);
});

test("more cards of a stage come behind those that are shown, each once", () => {
  const more = { stage: "new", count: 3, deals, cards: [card("b", "new", 40), card("e", "new", 7)], next_cursor: null };
  expect(ids(withMore(board(), more))[0]).toEqual([3, "a", "b", "e"]);
});
