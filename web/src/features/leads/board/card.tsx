// A card of the board: who it is, the score, what comes next, and how long the lead has been in its stage.
import { ArrowRightLeft, Clock } from "lucide-react";
import { type Ref, useEffect, useRef, useState } from "react";
import type { LeadRow } from "@/api/types";
import { Heat } from "@/app/parts/heat";
import { cx } from "@/shared/lib/cx";
import { plural } from "@/shared/lib/format";
import { daysIn, isStale, stageWord } from "@/shared/lib/stages";
import { IconButton } from "@/shared/ui/button";
import { NextStepWords } from "../next-step";
import type { NextStep } from "../next-steps";

/** The height of a card with the line below it. */
export const CARD_HEIGHT = 86;

export type Drag = typeof import("./drag");

export function Card({
  lead,
  now,
  campaigns,
  step,
  isCursor,
  takesFocus,
  drag,
  onFocus,
  onOpen,
  onMove,
}: {
  lead: LeadRow;
  now: number;
  campaigns: Record<string, string>;
  /** What a person is to do next for the lead. */
  step?: NextStep;
  /** The one card that the tab key reaches. */
  isCursor: boolean;
  /** The keys moved the cursor here. */
  takesFocus: boolean;
  drag?: Drag;
  onFocus: () => void;
  onOpen: () => void;
  /** Only for those who may change leads. */
  onMove?: () => void;
}) {
  const element = useRef<HTMLButtonElement>(null);
  const [dragging, setDragging] = useState(false);
  const mayMove = !!onMove;
  useEffect(() => {
    if (takesFocus) element.current?.focus({ preventScroll: true });
  }, [takesFocus]);
  useEffect(() => {
    if (drag && mayMove && element.current) return drag.dragCard(element.current, lead.id, setDragging);
  }, [drag, mayMove, lead.id]);
  const days = daysIn(lead.stage_since, now);
  const stale = isStale(lead, now);
  return (
    <div
      className={cx(
        "relative h-full border-b bg-surface",
        isCursor && "row-cursor",
        dragging && "border border-edge border-dashed bg-sunken",
      )}
    >
      <button
        type="button"
        ref={element as Ref<HTMLButtonElement>}
        data-card={lead.id}
        tabIndex={isCursor ? 0 : -1}
        onFocus={onFocus}
        onClick={onOpen}
        className="flex size-full flex-col justify-center gap-0.5 px-4 py-2 text-left -outline-offset-2"
      >
        <span className="flex min-w-0 items-center justify-between gap-2">
          <span className="truncate font-medium">{lead.name}</span>
          <Heat score={lead.score} temperature={lead.temperature} className="shrink-0" />
        </span>
        <span className="block max-w-full truncate pr-8 text-ink-2">{lead.company ?? "–"}</span>
        <span className="flex min-w-0 items-center justify-between gap-2 text-meta text-ink-2">
          <span className="truncate">
            <NextStepWords {...{ lead, now, campaigns, step }} none="No next step" />
          </span>
          <span
            title={`In this stage for ${plural(days, "day")}`}
            className={cx("flex shrink-0 items-center gap-1", stale && "text-warm-ink")}
          >
            {stale ? <Clock size={12} aria-hidden="true" /> : null}
            {stale ? `Stale, ${days} d` : `${days} d`}
            <span className="sr-only"> in {stageWord(lead.status)}</span>
          </span>
        </span>
      </button>
      {onMove ? (
        <IconButton
          label={`Move ${lead.name} to…`}
          size="iconSm"
          className="absolute top-[29px] right-3"
          tabIndex={isCursor ? 0 : -1}
          onClick={onMove}
        >
          <ArrowRightLeft size={13} />
        </IconButton>
      ) : null}
    </div>
  );
}
