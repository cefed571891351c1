// A bar of one or several parts on a trough, and a goal's ring.
import { cx } from "@/shared/lib/cx";

export interface Part {
  value: number;
  className: string;
  label?: string;
}

export function ProgressBar({
  parts,
  total,
  label,
  tick,
  className,
}: {
  parts: Part[];
  total: number;
  label: string;
  tick?: number;
  className?: string;
}) {
  const max = Math.max(
    total,
    parts.reduce((sum, p) => sum + p.value, 0),
    1,
  );
  const value = parts.reduce((sum, p) => sum + p.value, 0);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={value}
      className={cx("relative h-1 w-full rounded-full bg-trough", className)}
    >
      <div className="flex h-full w-full overflow-hidden rounded-full">
        {parts.map((p, i) => (
          <div key={i} className={p.className} style={{ width: `${(p.value / max) * 100}%` }} title={p.label} />
        ))}
      </div>
      {tick !== undefined ? (
        <span
          aria-hidden="true"
          className="absolute -top-1 h-[calc(100%+8px)] w-0.5 bg-ink"
          style={{ left: `${Math.min(100, (tick / max) * 100)}%` }}
        />
      ) : null}
    </div>
  );
}
