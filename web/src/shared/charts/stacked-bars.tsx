// Upright bars made of parts: each bar a day, each part one of a few series. The page gives a table beside it.
import { cx } from "@/shared/lib/cx";
import { scaleBand, scaleLinear } from "./scale";

export interface StackedDatum {
  key: string;
  label: string;
  /** One number for each series, in their order. */
  values: number[];
}

const FILL = ["fill-c1", "fill-c2", "fill-c3", "fill-c4"];
const SWATCH = ["bg-c1", "bg-c2", "bg-c3", "bg-c4"];
/** The approximate width of one letter in a picture. */
const LETTER = 6;
/** The most series that can be told apart. */
export const MOST_SERIES = FILL.length;

const sum = (values: number[]) => values.reduce((all, value) => all + value, 0);

export function StackedBars({
  data,
  label,
  said,
  format,
  width = 720,
  height = 160,
}: {
  data: StackedDatum[];
  label: string;
  said: string;
  format: (n: number) => string;
  width?: number;
  height?: number;
}) {
  const top = 18;
  const foot = 18;
  const x = scaleBand(data.length, width, 0.3, 0.1);
  const totals = data.map((d) => sum(d.values));
  const most = Math.max(0, ...totals);
  const y = scaleLinear([0, Math.max(1, most)], [height - foot, top]);
  const widest = LETTER * Math.max(1, ...data.map((d) => d.label.length));
  const every = Math.ceil((widest + LETTER) / x.step);
  const tallest = totals.indexOf(most);
  return (
    <svg
      role="img"
      aria-label={`${label}: ${said}`}
      viewBox={`0 0 ${width} ${height}`}
      className="w-full overflow-visible text-chart"
    >
      <path d={`M0 ${height - foot + 0.5}H${width}`} className="stroke-line" />
      {data.map((d, i) => {
        let from = 0;
        const left = x.at(i);
        return (
          <g key={d.key}>
            {d.values.map((value, series) => {
              const below = from;
              from += value;
              return value ? (
                <rect
                  key={series}
                  x={left}
                  width={x.bandwidth}
                  y={y(from)}
                  height={Math.max(0.5, y(below) - y(from) - (below ? 1 : 0))}
                  className={FILL[series % MOST_SERIES]}
                />
              ) : null;
            })}
            {most > 0 && i === tallest ? (
              <text
                x={Math.min(left + x.bandwidth / 2, width - LETTER * 3)}
                y={y(from) - 4}
                textAnchor="middle"
                className="fill-ink"
              >
                {format(from)}
              </text>
            ) : null}
            {i % every === 0 ? (
              <text x={left + x.bandwidth / 2} y={height - 4} textAnchor="middle" className="fill-ink-2">
                {d.label}
              </text>
            ) : null}
          </g>
        );
      })}
    </svg>
  );
}

/** The names of the series, each with its colour. */
export function SeriesNames({ names, className }: { names: string[]; className?: string }) {
  return (
    <ul className={cx("flex flex-wrap gap-x-4 gap-y-1 text-meta text-ink-2", className)}>
      {names.map((name, series) => (
        <li key={name} className="flex items-center gap-1.5">
          <span aria-hidden="true" className={cx("size-2.5 rounded-bar", SWATCH[series % MOST_SERIES])} />
          {name}
        </li>
      ))}
    </ul>
  );
}
