// What the deals of a column and of a lane come to. Fetched only where there are deals.
import { useQuery } from "@tanstack/react-query";
import { type DealSums, sumWords, weightedWords } from "@/shared/lib/deals";
import type { Board } from "./model";
import { type BoardAsked, boardKey } from "./queries";

/** The line below a column's name. */
export function ColumnSum({ deals }: { deals: DealSums }) {
  const weighted = deals.deals ? weightedWords(deals) : undefined;
  return (
    <p
      className="truncate pb-2 text-meta text-ink-2"
      title={weighted ? `${weighted} weighted by probability` : undefined}
    >
      {sumWords(deals)}
      {weighted ? <span className="sr-only">, {weighted} weighted</span> : null}
    </p>
  );
}

/** Says below a board that its sums leave deals out. */
export function CutOffNote() {
  return (
    <p role="note" className="shrink-0 border-t px-6 py-1.5 text-meta text-ink-2 max-lg:px-4">
      There are more than 10,000 open deals, and the sums have the first 10,000 only.
    </p>
  );
}

/** The end of a lane's line, once the lane is read. */
export function LaneSum({ asked }: { asked: BoardAsked }) {
  const board = useQuery<Board>({ queryKey: boardKey(asked), enabled: false }).data;
  const deals = board?.deals;
  if (!deals?.deals) return null;
  return (
    <span className="ml-auto font-normal text-ink-2">
      {sumWords(deals)}, {weightedWords(deals)} weighted
      {board?.deals_cut_off ? ", of the first 10,000 deals" : null}
    </span>
  );
}
