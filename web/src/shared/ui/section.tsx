// Headings, facts and figures: lines and space instead of boxes.
import type { ReactNode } from "react";
import { cx } from "@/shared/lib/cx";

export function Heading({
  children,
  note,
  aside,
  className,
}: {
  children: ReactNode;
  note?: ReactNode;
  aside?: ReactNode;
  className?: string;
}) {
  return (
    <div className={cx("flex min-h-9 flex-wrap items-center gap-x-2 gap-y-1", className)}>
      <h2 className="font-semibold">{children}</h2>
      {note !== undefined && note !== null ? <span className="text-ink-3">{note}</span> : null}
      {aside ? <div className="ml-auto flex items-center gap-2">{aside}</div> : null}
    </div>
  );
}

export function Facts({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <dl
      className={cx(
        "grid grid-cols-[76px_minmax(0,1fr)] items-baseline gap-x-3 gap-y-1.5 max-sm:grid-cols-[92px_minmax(0,1fr)]",
        className,
      )}
    >
      {children}
    </dl>
  );
}

export function Fact({ label, children, note }: { label: string; children: ReactNode; note?: ReactNode }) {
  return (
    <>
      <dt className="text-ink-2">{label}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">
        {children}
        {note ? <span className="ml-1.5 text-meta text-ink-3 empty:hidden">{note}</span> : null}
      </dd>
    </>
  );
}

export function StatTile({
  label,
  figure,
  change,
  note,
  spark,
}: {
  label: string;
  figure: ReactNode;
  change?: ReactNode;
  note?: ReactNode;
  spark?: ReactNode;
}) {
  return (
    <div className="flex min-w-0 flex-1 flex-col border-l px-4 py-1 first:border-l-0 first:pl-0 max-sm:border-l-0 max-sm:px-0">
      <div className="text-meta text-ink-2">{label}</div>
      <div className="flex items-end justify-between gap-2">
        <div className="text-figure font-semibold">{figure}</div>
        {spark}
      </div>
      <div className="text-meta text-ink-3">
        {change ? <span className="mr-1 font-medium text-good-ink">{change}</span> : null}
        {note}
      </div>
    </div>
  );
}

/** Figures side by side with hairlines between. */
export function Figures({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div
      className={cx(
        "flex gap-0 border-b py-3 max-sm:grid max-sm:grid-cols-2 max-sm:gap-4 max-sm:[&>*:last-child:nth-child(odd)]:col-span-2",
        className,
      )}
    >
      {children}
    </div>
  );
}
