// The board's answer, and what a move does to it: the card is taken out of one column and put into another, in its
// place by the board's order.
import type { LeadRow, LeadStatus, Schema } from "@/api/types";

export type Board = Schema["BoardView"];
export type BoardColumn = Schema["BoardColumnView"];
export type BoardSort = "score" | "stage_since";

/** Where a card is. */
export interface Place {
  stage: LeadStatus;
  index: number;
}

export const placeOf = (board: Board, id: string): Place | undefined => {
  for (const column of board.columns) {
    const index = column.cards.findIndex((card) => card.id === id);
    if (index >= 0) return { stage: column.stage, index };
  }
  return undefined;
};

export const cardAt = (board: Board, place: Place | undefined): LeadRow | undefined =>
  place && board.columns.find((column) => column.stage === place.stage)?.cards[place.index];

/** The best score first, or who has been in the stage longest. */
const isBefore = (sort: BoardSort) => (a: LeadRow, b: LeadRow) =>
  sort === "score" ? a.score > b.score : a.stage_since < b.stage_since;

/**
 * The board with the card in another stage: at `index`, or else in its place by the order. A column whose later cards
 * are not read yet keeps a card that belongs among them out of sight.
 */
export function moved(
  board: Board,
  card: LeadRow,
  changes: Partial<LeadRow> & { status: LeadStatus },
  sort: BoardSort,
  index?: number,
): Board {
  const next = { ...card, ...changes };
  const columns = board.columns.map((column): BoardColumn => {
    const had = column.cards.some(({ id }) => id === card.id);
    const cards = had ? column.cards.filter(({ id }) => id !== card.id) : [...column.cards];
    let count = column.count - (had ? 1 : 0);
    if (column.stage === next.status) {
      const found = cards.findIndex((other) => isBefore(sort)(next, other));
      const at = index ?? (found >= 0 ? found : cards.length);
      if (at < cards.length || !column.next_cursor || index !== undefined) cards.splice(at, 0, next);
      count += 1;
    }
    return had || column.stage === next.status ? { ...column, cards, count } : column;
  });
  return { ...board, columns };
}

/** The board with more cards of a stage, each card once. */
export function withMore(board: Board, more: BoardColumn): Board {
  const shown = new Set(board.columns.flatMap((column) => column.cards.map(({ id }) => id)));
  const columns = board.columns.map((column) =>
    column.stage === more.stage
      ? {
          ...column,
          count: more.count,
          cards: [...column.cards, ...more.cards.filter(({ id }) => !shown.has(id))],
          next_cursor: more.next_cursor,
        }
      : column,
  );
  return { ...board, columns };
}
