// Heat: three rising bars and the number. Vermilion is used for hot alone.
import type { Temperature } from "@/api/types";
import { cx } from "@/shared/lib/cx";

const FILL: Record<Temperature, string> = { hot: "fill-hot", warm: "fill-warm", cold: "fill-cold" };
const BARS: Record<Temperature, number> = { hot: 3, warm: 2, cold: 1 };

export function HeatMark({ temperature, size = 12 }: { temperature: Temperature; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 12 12" aria-hidden="true" className="shrink-0">
      {[0, 1, 2].map((i) => {
        const h = 4 + i * 3.5;
        return (
          <rect
            key={i}
            x={i * 4.2}
            y={11.5 - h}
            width="3.2"
            height={h}
            rx="0.8"
            className={i < BARS[temperature] ? FILL[temperature] : "fill-trough"}
          />
        );
      })}
    </svg>
  );
}

export function Heat({
  score,
  temperature,
  className,
}: {
  score: number;
  temperature: Temperature;
  className?: string;
}) {
  return (
    <span className={cx("inline-flex items-center gap-1.5", className)}>
      <HeatMark temperature={temperature} />
      <span className="font-medium">{Math.round(score)}</span>
      <span className="sr-only">, {temperature}</span>
    </span>
  );
}
