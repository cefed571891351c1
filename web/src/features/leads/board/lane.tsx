// The columns of the board for all leads, or for those of one owner: read, moved through by keys, and moved.

import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useRef, useState } from "react";
import type { LeadRow, LeadStatus } from "@/api/types";
import { useKeys } from "@/shared/lib/keyboard";
import { stageWord, useStages } from "@/shared/lib/stages";
import { Select } from "@/shared/ui/select";
import { ErrorState, LoadingRows } from "@/shared/ui/states";
import { AsOfNote } from "../as-of";
import type { NextStep } from "../next-steps";
import { Card, type Drag } from "./card";
import { Column } from "./column";
import { CutOffNote } from "./deal-sums";
import { cardAt, type Place, placeOf } from "./model";
import { MoveDialog } from "./move-dialog";
import { type BoardAsked, useBoard } from "./queries";

/** Goes from anywhere on the page to the card that the tab key reaches. */
const enter = () => document.querySelector<HTMLElement>('[data-card][tabindex="0"]')?.focus();
const ENTERS = { ArrowDown: enter, ArrowUp: enter, ArrowLeft: enter, ArrowRight: enter };

export function Lane({
  asked,
  owner,
  isFirst,
  now,
  campaigns,
  steps,
  may,
  phone,
  drag,
}: {
  asked: BoardAsked;
  /** The name of the owner whose lane it is. */
  owner?: string;
  /** Whether it says for all lanes as of when they are. */
  isFirst: boolean;
  now: number;
  campaigns: Record<string, string>;
  steps: ReadonlyMap<string, NextStep>;
  may: boolean;
  phone: boolean;
  drag?: Drag;
}) {
  const navigate = useNavigate();
  const board = useBoard(asked);
  const { stages } = useStages();
  const [cursor, setCursor] = useState<Place>();
  /** The card that the keys go to; it takes the focus once it is in sight. */
  const [wanted, setWanted] = useState<string>();
  const [moving, setMoving] = useState<LeadRow>();
  const [shown, setShown] = useState<LeadStatus>();
  const [said, setSaid] = useState("");
  /** Where the keys took the card from, until it is let go. */
  const carried = useRef<{ id: string; from: LeadStatus }>(undefined);
  useKeys(ENTERS);
  if (board.error) return <ErrorState what="The board did not load" error={board.error} retry={board.refetch} />;
  if (!board.data) return <LoadingRows rows={8} label="Loading the board" />;
  const { columns } = board.data;
  // A card that another change has moved takes the cursor with it.
  const here = (wanted && placeOf(board.data, wanted)) || (cardAt(board.data, cursor) ? cursor : firstOf(columns));

  /** Moves a card; one that was not dropped with the mouse takes the focus along. */
  const move = async (lead: LeadRow, stage: LeadStatus, isDropped = false) => {
    setWanted(isDropped ? undefined : lead.id);
    setSaid(`${lead.name}: moving to ${stageWord(stage)}`);
    const done = await board.move(lead, stage);
    setSaid(done ? `${lead.name} is in ${stageWord(stage)}` : `${lead.name} stays in ${stageWord(lead.status)}`);
    if (!isDropped) setWanted(lead.id);
    return done;
  };
  const go = (stage: LeadStatus | undefined, index: number) => {
    const column = columns.find((c) => c.stage === stage);
    const lead = column?.cards[Math.max(0, Math.min(index, column.cards.length - 1))];
    if (lead) setWanted(lead.id);
  };
  const besideOpen = (stage: LeadStatus, by: 1 | -1) => {
    const open = columns.filter((c) => c.stage !== "won" && c.stage !== "lost");
    const at = open.findIndex((c) => c.stage === stage);
    return at < 0 ? undefined : open[at + by]?.stage;
  };
  const beside = (stage: LeadStatus, by: 1 | -1, filled: boolean) => {
    const at = columns.findIndex((c) => c.stage === stage);
    for (let i = at + by; i >= 0 && i < columns.length; i += by)
      if (!filled || columns[i]?.cards.length) return columns[i]?.stage;
    return undefined;
  };
  const onKeyDown = (e: KeyboardEvent) => {
    const card = (e.target as HTMLElement).closest<HTMLElement>("[data-card]")?.dataset.card;
    const at = card ? placeOf(board.data, card) : undefined;
    const lead = cardAt(board.data, at);
    if (!at || !lead || e.altKey || e.ctrlKey || e.metaKey) return;
    const side = e.key === "ArrowLeft" ? -1 : e.key === "ArrowRight" ? 1 : undefined;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") go(at.stage, at.index + (e.key === "ArrowDown" ? 1 : -1));
    else if (side && e.shiftKey && may) {
      // Won and Lost end the lead's sequences: they are chosen by name, never passed through.
      const to = besideOpen(at.stage, side);
      if (carried.current?.id !== lead.id) carried.current = { id: lead.id, from: at.stage };
      if (to) void move(lead, to);
    } else if (side && !e.shiftKey) go(beside(at.stage, side, true), at.index);
    else if (e.key === "Escape" && carried.current?.id === lead.id) {
      const { from } = carried.current;
      carried.current = undefined;
      if (from !== at.stage) void move(lead, from);
    } else return;
    if (!e.shiftKey && e.key !== "Escape") carried.current = undefined;
    e.preventDefault();
    e.stopPropagation();
  };
  const inSight = phone ? columns.filter((c) => c.stage === (shown ?? here?.stage ?? columns[0]?.stage)) : columns;
  const closed = asked.closedDays ? `Last ${asked.closedDays} days.` : undefined;
  return (
    <>
      {board.data.as_of && isFirst ? <AsOfNote at={board.data.as_of} /> : null}
      {phone ? (
        <div className="shrink-0 border-b px-4 py-2">
          <Select
            aria-label="Stage shown"
            value={inSight[0]?.stage ?? ""}
            options={columns.map((c) => ({ value: c.stage, label: `${stageWord(c.stage)} (${c.count})` }))}
            onValue={setShown}
            className="w-full"
          />
        </div>
      ) : null}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the cards inside */}
      <div
        className="flex min-h-0 flex-1 overflow-x-auto"
        onKeyDown={onKeyDown}
        onFocus={(e) => {
          const id = (e.target as HTMLElement).dataset.card;
          if (id) setCursor(placeOf(board.data, id));
        }}
      >
        {inSight.map((column) => (
          <Column
            key={column.stage}
            column={column}
            owner={owner}
            hasDeals={board.data.deals.deals > 0}
            drag={may ? drag : undefined}
            cursor={wanted && here?.stage === column.stage ? here.index : undefined}
            note={column.stage === "won" || column.stage === "lost" ? closed : undefined}
            onEnd={() => void board.more(column.stage)}
            onDrop={(id) => {
              const lead = cardAt(board.data, placeOf(board.data, id));
              if (lead) void move(lead, column.stage, true);
            }}
            card={(lead, index) => (
              <Card
                lead={lead}
                now={now}
                campaigns={campaigns}
                step={steps.get(lead.id)}
                isCursor={here?.stage === column.stage && here.index === index}
                takesFocus={wanted === lead.id}
                drag={drag}
                onFocus={() => setWanted((id) => (id === lead.id ? id : undefined))}
                onOpen={() => void navigate({ to: "/leads/$id", params: { id: lead.id } })}
                onMove={may ? () => setMoving(lead) : undefined}
              />
            )}
          />
        ))}
      </div>
      {board.data.deals_cut_off && !owner ? <CutOffNote /> : null}
      <p role="status" className="sr-only">
        {said}
      </p>
      {moving ? (
        <MoveDialog
          lead={moving}
          stages={stages}
          onClose={() => setMoving(undefined)}
          onMove={(stage) => {
            setMoving(undefined);
            void move(moving, stage);
          }}
        />
      ) : null}
    </>
  );
}

const firstOf = (columns: { stage: LeadStatus; cards: LeadRow[] }[]): Place | undefined => {
  const column = columns.find((c) => c.cards.length);
  return column && { stage: column.stage, index: 0 };
};
