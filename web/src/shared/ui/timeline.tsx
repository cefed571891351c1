// One timeline: the future on top and dotted, a rule for now, the past below.
import type { ReactNode } from "react";
import { cx } from "@/shared/lib/cx";

export type StationTone = "past" | "planned" | "next" | "hot" | "good" | "bad" | "held" | "uncertain" | "off";

const RING: Record<StationTone, string> = {
  past: "border-edge bg-surface text-ink-2",
  planned: "border-dotted border-edge bg-surface text-ink-3",
  next: "border-accent bg-accent text-on-accent ring-4 ring-accent-soft",
  hot: "border-hot bg-hot text-surface",
  good: "border-good bg-good text-surface",
  bad: "border-bad bg-surface text-bad-ink",
  held: "border-held bg-surface text-held-ink",
  uncertain: "border-dashed border-held bg-surface text-held-ink",
  off: "border-dotted border-edge bg-surface text-ink-3",
};

export function StationIcon({
  tone,
  diamond,
  children,
}: {
  tone: StationTone;
  diamond?: boolean;
  children: ReactNode;
}) {
  return (
    <span
      aria-hidden="true"
      className={cx(
        "relative z-1 flex size-6 shrink-0 items-center justify-center border max-sm:size-8",
        diamond ? "scale-90 rotate-45 rounded-[5px]" : "rounded-full",
        RING[tone],
      )}
    >
      {diamond ? <span className="-rotate-45">{children}</span> : children}
    </span>
  );
}

export function Timeline({ children, label }: { children: ReactNode; label: string }) {
  return (
    <ol aria-label={label} className="min-w-0">
      {children}
    </ol>
  );
}

export function Station({
  time,
  tone = "past",
  icon,
  title,
  note,
  detail,
  quote,
  text,
  aside,
  below,
  last,
}: {
  time?: ReactNode;
  tone?: StationTone;
  icon: ReactNode;
  title: ReactNode;
  note?: ReactNode;
  detail?: ReactNode;
  quote?: ReactNode;
  /** What is shown on request, outside the quote. */
  text?: ReactNode;
  aside?: ReactNode;
  /** The action that is due here. */
  below?: ReactNode;
  last?: boolean;
}) {
  const dotted = tone === "planned" || tone === "off" || tone === "next";
  return (
    <li className="relative grid grid-cols-[136px_24px_minmax(0,1fr)] gap-x-3 pb-3 max-sm:grid-cols-[32px_minmax(0,1fr)]">
      {last ? null : (
        <span
          aria-hidden="true"
          className={cx(
            "absolute top-6 bottom-0 left-[159px] border-l max-sm:left-4",
            dotted ? "border-dotted border-edge" : "border-edge",
          )}
        />
      )}
      <div className="pt-0.5 text-right text-ink-2 max-sm:hidden">{time}</div>
      <StationIcon tone={tone}>{icon}</StationIcon>
      <div className={cx("min-w-0 pt-0.5", tone === "off" && "text-ink-3")}>
        <div className="flex min-w-0 items-baseline gap-2">
          <div className={cx("min-w-0 flex-1", tone === "off" && "line-through")}>
            <span className="font-medium">{title}</span>
            {note ? <span className="ml-2 text-ink-2">{note}</span> : null}
          </div>
          {aside}
          <span className="shrink-0 text-ink-3 sm:hidden">{time}</span>
        </div>
        {detail ? <div className="text-meta text-ink-3">{detail}</div> : null}
        {quote ? (
          <div className="mt-1.5 rounded-panel border bg-canvas px-3.5 py-2.5 text-msg whitespace-pre-wrap [overflow-wrap:anywhere]">
            {quote}
          </div>
        ) : null}
        {text}
        {below ? <div className="mt-1.5">{below}</div> : null}
      </div>
    </li>
  );
}

export function NowRule({ time }: { time: string }) {
  return (
    <li className="relative grid grid-cols-[136px_24px_minmax(0,1fr)] items-center gap-x-3 pb-3 max-sm:grid-cols-[32px_minmax(0,1fr)]">
      <div className="text-right font-medium text-accent-ink max-sm:hidden">{time}</div>
      <span aria-hidden="true" className="relative z-1 mx-auto size-2 rounded-full bg-accent" />
      <div className="flex items-center gap-2">
        <span className="h-0.5 flex-1 rounded-full bg-accent" />
        <span className="font-medium text-accent-ink">Now</span>
      </div>
    </li>
  );
}
