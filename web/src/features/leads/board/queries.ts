// The board from the API: one call for all stages, one more for further cards of a stage, and moves that are shown at
// once and taken back when they are refused.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { client, unwrap } from "@/api/client";
import type { LeadRow, LeadStatus } from "@/api/types";
import { stageChange } from "@/app/stages/lost-reason";
import { movedWords } from "@/app/stages/moved-words";
import { stageBefore, stageWord } from "@/shared/lib/stages";
import { toast, toastProblem } from "@/shared/ui/toast";
import { apiQuery, type LeadsView } from "../queries";
import { type Board, type BoardSort, cardAt, moved, placeOf, withMore } from "./model";

const CARDS = 50;
const MOST_CARDS = 200;
const MOST_SEEN = 100;

export interface BoardAsked {
  view: LeadsView;
  sort: BoardSort;
  /** Won and lost leads of the last so many days; all of them if left out. */
  closedDays?: number;
  /** The owner whose lane it is, or `none`. */
  owner?: string;
}

function queryOf({ view, sort, closedDays, owner }: BoardAsked) {
  const asked = apiQuery(view);
  return {
    ...asked,
    owner: owner ?? asked.owner,
    sort,
    order: sort === "score" ? "desc" : "asc",
    closed_days: closedDays,
  };
}

export const boardKey = (asked: BoardAsked) => ["leads", "board", asked];

export function useBoard(asked: BoardAsked) {
  const cache = useQueryClient();
  const key = boardKey(asked);
  // Leads that were moved here: the list may be a moment behind them.
  const seen = useRef<string[]>([]);
  const reading = useRef(new Set<LeadStatus>());
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const get = (more: { limit: number; status?: string; cursor?: string }, signal?: AbortSignal) => {
    const query = { ...queryOf(asked), ...more, seen: seen.current.join() || undefined };
    return unwrap(client.GET("/api/leads/board", { params: { query }, signal }));
  };
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => {
      const shown = cache.getQueryData<Board>(key)?.columns.map((column) => column.cards.length) ?? [];
      return get({ limit: Math.min(MOST_CARDS, Math.max(CARDS, ...shown)) }, signal);
    },
    refetchInterval: busy.size ? false : 30_000,
  });
  const change = (make: (board: Board) => Board) => cache.setQueryData<Board>(key, (board) => board && make(board));

  const more = async (stage: LeadStatus) => {
    const cursor = query.data?.columns.find((column) => column.stage === stage)?.next_cursor;
    if (!cursor || reading.current.has(stage)) return;
    reading.current.add(stage);
    try {
      const [column] = (await get({ limit: CARDS, status: stage, cursor })).columns;
      if (column) change((board) => withMore(board, column));
    } catch (error) {
      toastProblem(`Could not load more of ${stageWord(stage)}`, error);
    } finally {
      reading.current.delete(stage);
    }
  };

  const send = async (card: LeadRow, to: ReturnType<typeof stageBefore> | { status: LeadStatus }, rev?: number) => {
    const params = { path: { id: card.id } };
    const lead = await unwrap(client.PATCH("/api/leads/{id}", { params, body: { ...to, rev } }));
    seen.current = [...seen.current.filter((pair) => !pair.startsWith(card.id)), `${lead.id}:${lead.rev}`].slice(
      -MOST_SEEN,
    );
    return lead;
  };

  /** Moves a card; true once it is there, false if the user or the server did not want it. */
  const move = async (card: LeadRow, stage: LeadStatus): Promise<boolean> => {
    const known = cache.getQueryData<Board>(key);
    const from = known && placeOf(known, card.id);
    const before = known && cardAt(known, from);
    if (!from || !before || from.stage === stage || busy.has(card.id)) return false;
    const to = await stageChange(stage, card.name, before.status);
    if (!to) return false;
    await cache.cancelQueries({ queryKey: key });
    setBusy((ids) => new Set([...ids, card.id]));
    const shown = { lost_reason: null, ...to, stage_since: new Date().toISOString() };
    change((board) => moved(board, before, shown, asked.sort));
    const back = (rev: number) =>
      change((board) => {
        const now = cardAt(board, placeOf(board, card.id)) ?? { ...before, status: stage };
        return moved(withoutCount(board, stage, card.id), now, { ...before, rev }, asked.sort, from.index);
      });
    try {
      const lead = await send(before, to, before.rev);
      change((board) => patched(board, card.id, { rev: lead.rev, stage_since: lead.stage_since }));
      toast(movedWords(before, stage), {
        undo: async () => {
          back((await send(before, stageBefore(before))).rev);
          const hasDeals = cache.getQueryData<Board>(key)?.deals.deals;
          void cache.invalidateQueries({ queryKey: ["leads"], refetchType: hasDeals ? "active" : "none" });
        },
      });
      return true;
    } catch (error) {
      back(before.rev);
      toastProblem(`Could not move ${card.name}`, error);
      // Another change may be why: what is there now is read.
      void cache.invalidateQueries({ queryKey: key });
      return false;
    } finally {
      setBusy((ids) => new Set([...ids].filter((id) => id !== card.id)));
      // The server sums the deals.
      if (cache.getQueryData<Board>(key)?.deals.deals) void cache.invalidateQueries({ queryKey: key });
      void cache.invalidateQueries({ queryKey: ["leads", "list"] });
      void cache.invalidateQueries({ queryKey: ["leads", "one", card.id] });
    }
  };

  return { ...query, more, move };
}

/** A card that was moved out of sight is counted where it went; going back, it is counted there no more. */
function withoutCount(board: Board, stage: LeadStatus, id: string): Board {
  if (placeOf(board, id)) return board;
  const columns = board.columns.map((c) => (c.stage === stage ? { ...c, count: c.count - 1 } : c));
  return { ...board, columns };
}

function patched(board: Board, id: string, changes: Partial<LeadRow>): Board {
  const columns = board.columns.map((column) =>
    column.cards.some((card) => card.id === id)
      ? { ...column, cards: column.cards.map((card) => (card.id === id ? { ...card, ...changes } : card)) }
      : column,
  );
  return { ...board, columns };
}
