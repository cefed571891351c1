// Upright bars with their numbers on them; planned ones dashed. A table stands in for the picture on request.
import { cx } from "@/shared/lib/cx";
import { count } from "@/shared/lib/format";
import { scaleBand, scaleLinear } from "./scale";

export interface BarDatum {
  key: string;
  label: string;
  value: number;
  /** The part of `value` that is only planned: drawn dashed on top. */
  planned?: number;
  strong?: boolean;
}

/** The approximate width of one letter in a picture. */
const LETTER = 6;

export function Bars({
  data,
  label,
  said,
  height = 120,
  width = 300,
  format = count,
  bare,
}: {
  data: BarDatum[];
  label: string;
  /** Replaces the numbers on the bars, if there are many and they stand in a table as well. */
  said?: string;
  height?: number;
  width?: number;
  format?: (n: number) => string;
  bare?: boolean;
}) {
  const top = 18;
  const foot = 18;
  const x = scaleBand(data.length, width, 0.45, 0.1);
  const max = Math.max(1, ...data.map((d) => d.value + (d.planned ?? 0)));
  const y = scaleLinear([0, max], [height - foot, top]);
  const totals = data.map((d) => d.value + (d.planned ?? 0));
  // Labels that do not fit side by side are left out; of the numbers only that of the tallest bar stays.
  const widest = (texts: string[]) => LETTER * Math.max(1, ...texts.map((text) => text.length));
  const every = Math.ceil((widest(data.map((d) => d.label)) + LETTER) / x.step);
  const numbered = widest(totals.map(format)) <= x.step;
  const tallest = totals.indexOf(Math.max(...totals));
  return (
    <svg
      role="img"
      aria-label={`${label}: ${said ?? data.map((d) => `${d.label} ${format(d.value + (d.planned ?? 0))}`).join(", ")}`}
      viewBox={`0 0 ${width} ${height}`}
      className="w-full overflow-visible text-chart"
    >
      <path d={`M0 ${height - foot + 0.5}H${width}`} className="stroke-line" />
      {data.map((d, i) => {
        const left = x.at(i);
        const w = x.bandwidth;
        const total = d.value + (d.planned ?? 0);
        return (
          <g key={d.key}>
            {d.planned ? (
              <rect
                x={left + 0.5}
                y={y(total)}
                width={Math.max(0, w - 1)}
                height={y(d.value) - y(total)}
                fill="none"
                strokeDasharray="2 2"
                className="stroke-edge"
                rx="1.5"
              />
            ) : null}
            {d.value ? (
              <rect
                x={left}
                y={y(d.value)}
                width={w}
                height={height - foot - y(d.value)}
                rx="1.5"
                className={d.strong === false ? "fill-c2" : "fill-c1"}
              />
            ) : null}
            {total && !bare && (numbered || i === tallest) ? (
              <text x={left + w / 2} y={y(total) - 4} textAnchor="middle" className="fill-ink">
                {format(total)}
              </text>
            ) : null}
            {i % every === 0 ? (
              <text x={left + w / 2} y={height - 4} textAnchor="middle" className="fill-ink-2">
                {d.label}
              </text>
            ) : null}
          </g>
        );
      })}
    </svg>
  );
}

/** Horizontal bars with label and number: reasons, causes, parts. */
export function LyingBars({
  data,
  label,
  tone = "fill",
}: {
  data: { key: string; label: string; value: number }[];
  label: string;
  tone?: "fill" | "hatch";
}) {
  const max = Math.max(1, ...data.map((d) => d.value));
  return (
    <ul aria-label={label} className="space-y-1.5">
      {data.map((d) => (
        <li key={d.key} className="grid grid-cols-[minmax(0,1fr)_112px_40px] items-center gap-2">
          <span className="truncate text-ink-2">{d.label}</span>
          <span
            aria-hidden="true"
            className={cx("h-2.5 rounded-bar", tone === "hatch" ? "hatch-strong" : "bg-c2")}
            style={{ width: `${Math.max(2, (d.value / max) * 100)}%` }}
          />
          <span className="text-right font-medium">{count(d.value)}</span>
        </li>
      ))}
    </ul>
  );
}
