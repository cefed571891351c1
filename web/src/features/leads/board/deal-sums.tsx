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

/** The end of a lane's line, once the lane is read. */
export function LaneSum({ asked }: { asked: BoardAsked }) {
  const deals = useQuery<Board>({ queryKey: boardKey(asked), enabled: false }).data?.deals;
  if (!deals?.deals) return null;
  return (
    <span className="ml-auto font-normal text-ink-2">
      {sumWords(deals)}, {weightedWords(deals)} weighted
    </span>
  );
}
