// A stage of the board: its name, its number of leads, and its cards.

import { type ReactNode, useEffect, useRef, useState } from "react";
import type { LeadRow, LeadStatus } from "@/api/types";
import { CardList, type CardListHandle } from "@/shared/grid/card-list";
import { cx } from "@/shared/lib/cx";
import { count } from "@/shared/lib/format";
import { stageWord } from "@/shared/lib/stages";
import { CARD_HEIGHT, type Drag } from "./card";
import { ColumnSum } from "./deal-sums";
import type { BoardColumn } from "./model";

const MARKS: Partial<Record<LeadStatus, string>> = { won: "rotate-45 bg-good", lost: "bg-ink-3" };

export function Column({
  column,
  owner,
  hasDeals,
  drag,
  cursor,
  note,
  card,
  onEnd,
  onDrop,
}: {
  column: BoardColumn;
  /** The name of the owner whose lane it is. */
  owner?: string;
  /** Some column has deals, and so each says what its own come to. */
  hasDeals: boolean;
  drag?: Drag;
  /** The place of the card that the keys have reached here. */
  cursor?: number;
  note?: string;
  card: (lead: LeadRow, index: number) => ReactNode;
  onEnd: () => void;
  onDrop: (card: string) => void;
}) {
  const element = useRef<HTMLElement>(null);
  const list = useRef<CardListHandle>(null);
  const [over, setOver] = useState(false);
  const drop = useRef(onDrop);
  drop.current = onDrop;
  const { stage, cards } = column;
  useEffect(() => {
    const scroller = list.current?.element;
    if (drag && element.current && scroller)
      return drag.dropColumn(element.current, scroller, stage, { over: setOver, drop: (id) => drop.current(id) });
  }, [drag, stage]);
  useEffect(() => {
    if (cursor !== undefined) list.current?.show(cursor);
  }, [cursor]);
  const name = stageWord(stage);
  const of = owner ? `${name} of ${owner}` : name;
  return (
    <section
      ref={element}
      aria-label={`Stage ${of}`}
      data-stage={stage}
      className={cx(
        "flex min-h-0 min-w-52 max-sm:min-w-0 flex-1 flex-col border-r last:border-r-0",
        over && "bg-accent-soft",
      )}
    >
      <div className="shrink-0 border-b px-4">
        <h2 className="flex h-10 items-center gap-2">
          <span
            aria-hidden="true"
            className={cx("size-2 shrink-0", MARKS[stage] ?? "rounded-full bg-ink-2", over && "bg-accent")}
          />
          <span className="truncate font-semibold">{name}</span>
          <span className="text-ink-2">{count(column.count)}</span>
          <span aria-hidden="true" className="h-px flex-1 bg-line" />
        </h2>
        {hasDeals ? <ColumnSum deals={column.deals} /> : null}
      </div>
      <CardList
        handle={list}
        count={cards.length}
        height={CARD_HEIGHT}
        label={`Leads in ${of}`}
        keyOf={(i) => cards[i]?.id ?? String(i)}
        card={(i) => {
          const lead = cards[i];
          return lead ? card(lead, i) : null;
        }}
        onEnd={onEnd}
        foot={
          note || !cards.length ? (
            <p className="px-4 py-3 text-meta text-ink-2">{[cards.length ? "" : "No leads.", note].join(" ").trim()}</p>
          ) : undefined
        }
      />
    </section>
  );
}
