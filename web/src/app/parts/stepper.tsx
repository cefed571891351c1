// The step line: one mark per step. Grids, timelines, sequences and wizards use the same marks.
import { cx } from "@/shared/lib/cx";
import { NextMark } from "./next-mark";

export type Mark =
  | "done"
  | "next"
  | "planned"
  | "held"
  | "uncertain"
  | "skipped"
  | "failed"
  | "replied"
  | "goal"
  | "opted_out"
  | "ended";

export const MARK_WORDS: Record<Mark, string> = {
  done: "done",
  next: "next",
  planned: "planned",
  held: "held",
  uncertain: "uncertain",
  skipped: "skipped",
  failed: "failed",
  replied: "replied",
  goal: "goal reached",
  opted_out: "opted out",
  ended: "not sent",
};

const PITCH = 15;

/** One mark drawn around (x, y). */
export function MarkShape({ mark, x, y }: { mark: Mark; x: number; y: number }) {
  switch (mark) {
    case "done":
      return <circle cx={x} cy={y} r="3.5" className="fill-ink-2" />;
    case "next":
      return <NextMark x={x} y={y} />;
    case "planned":
      return <circle cx={x} cy={y} r="3" fill="none" strokeWidth="1.4" className="stroke-edge" />;
    case "held":
      return (
        <g className="stroke-held" fill="none" strokeWidth="1.3">
          <circle cx={x} cy={y} r="5" />
          <path d={`M${x - 1.4} ${y - 2}v4M${x + 1.4} ${y - 2}v4`} />
        </g>
      );
    case "uncertain":
      return (
        <>
          <circle cx={x} cy={y} r="5" fill="none" strokeWidth="1.4" strokeDasharray="2 1.9" className="stroke-held" />
          <circle cx={x} cy={y} r="1" className="fill-held" />
        </>
      );
    case "skipped":
      return <path d={`M${x - 3} ${y}h6`} strokeWidth="1.6" className="stroke-ink-2" />;
    case "failed":
      return (
        <path
          d={`M${x - 2.6} ${y - 2.6}l5.2 5.2M${x + 2.6} ${y - 2.6}l-5.2 5.2`}
          strokeWidth="1.8"
          strokeLinecap="round"
          className="stroke-bad"
        />
      );
    case "replied":
      return (
        <>
          <circle cx={x} cy={y} r="5.5" className="fill-good" />
          <path d={`M${x - 2.4} ${y}l1.8 1.8 3-3.4`} fill="none" strokeWidth="1.5" className="stroke-surface" />
        </>
      );
    case "goal":
      return (
        <>
          <path d={`M${x} ${y - 6}l6 6-6 6-6-6z`} className="fill-good" />
          <path d={`M${x - 2.2} ${y}l1.6 1.6 2.8-3`} fill="none" strokeWidth="1.4" className="stroke-surface" />
        </>
      );
    case "opted_out":
      return <rect x={x - 3.5} y={y - 3.5} width="7" height="7" rx="1" className="fill-ink-2" />;
    case "ended":
      return <circle cx={x} cy={y} r="1.4" className="fill-trough" />;
  }
}

export function StepLine({
  marks,
  said,
  className,
}: {
  marks: Mark[];
  /** The words for each mark, as tooltip and for screen readers. */
  said?: string[];
  className?: string;
}) {
  const width = Math.max(1, marks.length) * PITCH;
  const y = 8;
  const at = (i: number) => 7.5 + i * PITCH;
  const spoken = (said ?? marks.map((m) => MARK_WORDS[m])).join("; ");
  return (
    <svg
      role="img"
      aria-label={spoken}
      width={width}
      height="16"
      viewBox={`0 0 ${width} 16`}
      className={cx("shrink-0", className)}
    >
      {marks.slice(1).map((mark, i) => {
        const ended = mark === "ended";
        const past = mark !== "planned" && !ended;
        // A skipped step's dash stands alone: on the line it would not be visible.
        if (mark === "skipped" || marks[i] === "skipped") return null;
        return (
          <path
            key={i}
            d={`M${at(i) + 5} ${y}H${at(i + 1) - (mark === "next" ? 7 : 5)}`}
            strokeWidth="1.4"
            strokeDasharray={past ? undefined : "1.4 1.8"}
            className={ended ? "stroke-trough" : past ? "stroke-ink-2" : "stroke-edge"}
          />
        );
      })}
      {marks.map((mark, i) => (
        <g key={i}>
          {said?.[i] ? <title>{said[i]}</title> : null}
          <rect x={at(i) - 7.5} y="0" width={PITCH} height="16" fill="none" pointerEvents="all" />
          <MarkShape mark={mark} x={at(i)} y={y} />
        </g>
      ))}
    </svg>
  );
}

/** A row of named stations: a wizard, or a lead's life. */
export function Stepper({
  items,
  current,
  done,
  label,
}: {
  items: string[];
  current: number;
  done?: boolean;
  label: string;
}) {
  return (
    <ol
      aria-label={label}
      className="flex min-w-0 flex-wrap items-center gap-y-1 max-sm:w-full max-sm:flex-nowrap max-sm:items-start"
    >
      {items.map((item, i) => {
        const past = i < current || (done && i === current);
        const here = i === current && !done;
        return (
          <li
            key={item}
            className="relative flex items-center max-sm:min-w-0 max-sm:flex-1 max-sm:basis-0 max-sm:flex-col max-sm:items-start"
            aria-current={here ? "step" : undefined}
          >
            {i > 0 ? (
              <span
                aria-hidden="true"
                className={cx(
                  "mx-2 w-6 border-t max-sm:absolute max-sm:top-2 max-sm:right-full max-sm:mx-0.5 max-sm:w-[calc(100%-18px)]",
                  i <= current ? "border-ink-2" : "border-dotted border-edge",
                )}
              />
            ) : null}
            <svg width="14" height="16" viewBox="0 0 14 16" aria-hidden="true" className="mr-1.5">
              <MarkShape mark={here ? "next" : past ? "done" : "planned"} x={7} y={8} />
            </svg>
            <span
              className={cx(
                "max-sm:text-meta",
                here ? "font-medium text-ink" : past ? "text-ink" : "text-ink-2",
                // There is no space for all labels: the others are still read aloud.
                !here && "max-tiny:sr-only",
              )}
            >
              {item}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
