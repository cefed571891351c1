// Rates with their uncertainty: a dot in its range, all rows on one scale from zero.
import { useId } from "react";

export interface RangeRow {
  key: string;
  label: string;
  /** Nothing is drawn without data. */
  rate?: { value: number; low: number; high: number };
  /** The words beside the row: "14 of 200, 7.0%". */
  words: string;
  /** The row is drawn faint: it is not compared. */
  faint?: boolean;
  strong?: boolean;
}

const WIDTH = 300;
const ROW = 28;

export function Ranges({ rows, label, max }: { rows: RangeRow[]; label: string; max: number }) {
  const id = useId();
  const x = (rate: number) => 6 + (Math.min(rate, max) / max) * (WIDTH - 12);
  return (
    <figure aria-labelledby={id} className="min-w-0">
      <figcaption id={id} className="sr-only">
        {label}
      </figcaption>
      <ul>
        {rows.map((row) => (
          <li key={row.key} className="grid grid-cols-[minmax(72px,132px)_minmax(0,1fr)_auto] items-center gap-x-3">
            <span className={row.strong ? "truncate font-medium" : "truncate"}>{row.label}</span>
            <svg viewBox={`0 0 ${WIDTH} ${ROW}`} className="h-7 w-full" preserveAspectRatio="none" aria-hidden="true">
              <Stroke from={6} to={WIDTH - 6} className="stroke-line" />
              {row.rate ? (
                <>
                  <Stroke
                    from={x(row.rate.low)}
                    to={x(row.rate.high)}
                    width={6}
                    className={row.faint ? "stroke-c4" : "stroke-c3"}
                  />
                  <Stroke
                    from={x(row.rate.value)}
                    to={x(row.rate.value)}
                    width={12}
                    className={row.faint ? "stroke-c2" : "stroke-c1"}
                  />
                </>
              ) : null}
            </svg>
            <span className="text-right text-meta whitespace-nowrap text-ink-2">{row.words}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}

/** A line with round ends: with no length, a dot. */
function Stroke({ from, to, width, className }: { from: number; to: number; width?: number; className: string }) {
  return (
    <line
      x1={from}
      x2={to}
      y1={ROW / 2}
      y2={ROW / 2}
      strokeWidth={width}
      strokeLinecap={width ? "round" : undefined}
      className={className}
      vectorEffect="non-scaling-stroke"
    />
  );
}
