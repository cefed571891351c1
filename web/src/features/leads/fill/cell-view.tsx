// A cell of a column that fills itself: the line's marks, the value, and where it is from.
import { cx } from "@/shared/lib/cx";
import type { CellMark, ShownCell } from "./model";

const MARKS: Record<Exclude<CellMark, "value">, string> = {
  empty: "size-[7px] rounded-full border-[1.5px] border-edge",
  running:
    "size-3 rounded-full border-[1.5px] border-accent p-[2px] after:block after:size-full after:rounded-full after:bg-accent",
  not_found: "h-[1.5px] w-1.5 bg-edge",
  skipped: "h-[1.5px] w-1.5 bg-edge",
  failed: "",
  answer_lost: "size-2.5 rounded-full border-[1.5px] border-dashed border-held",
  waiting: "size-2.5 rounded-full border-[1.5px] border-dashed border-edge",
  late: "size-2.5 rounded-full border-[1.5px] border-dashed border-held",
};

const TEXTS: Record<CellMark, string> = {
  empty: "sr-only",
  value: "",
  running: "text-meta text-accent-ink",
  not_found: "text-meta text-ink-3",
  skipped: "text-meta text-ink-3",
  failed: "text-meta text-bad-ink",
  answer_lost: "text-meta text-held-ink",
  waiting: "text-meta text-ink-2",
  late: "text-meta text-held-ink",
};

/** Said before a text whose mark is only seen. */
const SAID: Partial<Record<CellMark, string>> = { running: "running: ", failed: "failed: ", skipped: "skipped: " };

export function Mark({ mark }: { mark: CellMark }) {
  if (mark === "value") return null;
  return (
    <span aria-hidden="true" className="flex w-3 shrink-0 items-center justify-center font-semibold text-bad-ink">
      {mark === "failed" ? "×" : <span className={cx("block shrink-0", MARKS[mark])} />}
    </span>
  );
}

export function CellText({ cell, className }: { cell: ShownCell; className?: string }) {
  return (
    <span className={cx("flex min-w-0 flex-1 items-center gap-1.5", className)} title={cell.text}>
      <Mark mark={cell.mark} />
      {SAID[cell.mark] ? <span className="sr-only">{SAID[cell.mark]}</span> : null}
      <span className={cx("min-w-0 flex-1 truncate", TEXTS[cell.mark], cell.low && "text-warm-ink")}>{cell.text}</span>
      {cell.note ? (
        <span className={cx("max-w-[40%] shrink-0 truncate text-meta", cell.low ? "text-warm-ink" : "text-ink-3")}>
          {cell.note}
        </span>
      ) : null}
    </span>
  );
}
