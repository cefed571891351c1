// A line without axes, its newest point marked.
import { scaleLinear } from "./scale";

export function Spark({
  values,
  label,
  width = 60,
  height = 24,
}: {
  values: number[];
  label: string;
  width?: number;
  height?: number;
}) {
  if (values.length < 2) return null;
  const x = scaleLinear([0, values.length - 1], [2, width - 4]);
  const y = scaleLinear([Math.min(0, ...values), Math.max(1, ...values)], [height - 4, 4]);
  const d = `M${values.map((v, i) => `${x(i).toFixed(2)},${y(v).toFixed(2)}`).join("L")}`;
  const last = values.at(-1) ?? 0;
  return (
    <svg role="img" aria-label={label} width={width} height={height} className="mb-1 shrink-0 overflow-visible">
      <path d={d} fill="none" strokeWidth="1.3" className="stroke-ink-2" />
      <circle cx={x(values.length - 1)} cy={y(last)} r="2.5" className="fill-accent" />
    </svg>
  );
}
