// The daily limit while an account is ramped up: steps, with today marked on them.
import { civilDay, count } from "@/shared/lib/format";
import { scaleLinear } from "./scale";

const HEIGHT = 112;
const TOP = 20;
const FOOT = 18;
const SIDE = 18;

export function Ramp({
  days,
  today,
  label,
  width = 360,
}: {
  days: { day: string; allowed: number }[];
  today: string;
  label: string;
  width?: number;
}) {
  const first = days[0];
  const last = days.at(-1);
  if (!first || !last) return null;
  const step = (width - 2 * SIDE) / days.length;
  const left = (i: number) => SIDE + i * step;
  const y = scaleLinear([0, Math.max(1, last.allowed)], [HEIGHT - FOOT, TOP]);
  const at = days.findIndex((d) => d.day === today);
  const path = days.map((d, i) => `${i ? "L" : "M"}${left(i)} ${y(d.allowed)}H${left(i + 1)}`).join("");
  const present = days[at];
  const short = (date: string) => civilDay(date, { day: "numeric", month: "short" });
  // Its label must not run into those at the ends.
  const middle = present ? left(at) + step / 2 : 0;
  const clear = middle > SIDE + 90 && middle < width - SIDE - 90;
  const said = [
    `${short(first.day)} ${count(first.allowed)}`,
    present ? `today ${count(present.allowed)}` : undefined,
    `${short(last.day)} ${count(last.allowed)}`,
  ].filter(Boolean);
  return (
    <svg
      role="img"
      aria-label={`${label}: ${said.join(", ")}`}
      viewBox={`0 0 ${width} ${HEIGHT}`}
      className="w-full overflow-visible text-chart"
    >
      <path d={`M0 ${HEIGHT - FOOT + 0.5}H${width}`} className="stroke-line" />
      {present ? (
        <rect
          x={left(at)}
          y={y(present.allowed)}
          width={Math.max(2, step)}
          height={HEIGHT - FOOT - y(present.allowed)}
          className="fill-c1"
        />
      ) : null}
      <path d={path} fill="none" strokeWidth="1.5" className="stroke-c2" />
      {present ? (
        <text x={middle} y={y(present.allowed) - 6} textAnchor="middle" className="fill-ink font-medium">
          {count(present.allowed)}
        </text>
      ) : null}
      {at !== 0 ? (
        <text x={SIDE} y={y(first.allowed) - 6} className="fill-ink-2">
          {count(first.allowed)}
        </text>
      ) : null}
      {at < days.length - 8 ? (
        <text x={width - SIDE} y={y(last.allowed) - 6} textAnchor="end" className="fill-ink-2">
          {count(last.allowed)}
        </text>
      ) : null}
      <text x={SIDE} y={HEIGHT - 4} className="fill-ink-2">
        {at === 0 ? "Today" : short(first.day)}
      </text>
      {present && at > 0 && clear ? (
        <text x={middle} y={HEIGHT - 4} textAnchor="middle" className="fill-ink font-medium">
          Today
        </text>
      ) : null}
      <text x={width - SIDE} y={HEIGHT - 4} textAnchor="end" className="fill-ink-2">
        {short(last.day)}
      </text>
    </svg>
  );
}
