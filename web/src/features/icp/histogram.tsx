// The matching leads by fit in ten bars, with the threshold as a line that the mouse and the arrow keys move.
import { type PointerEvent, useRef } from "react";
import { cx } from "@/shared/lib/cx";
import { count, plural } from "@/shared/lib/format";
import { clampThreshold } from "./model";

const SNAP = 5;
const STEPS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
  Home: -100,
  End: 100,
};

export function Histogram({
  bins,
  threshold,
  good,
  onThreshold,
}: {
  bins: readonly number[];
  threshold: number;
  /** The leads at or above the threshold. */
  good: number;
  /** Without it the threshold is only shown. */
  onThreshold?: (value: number) => void;
}) {
  const plot = useRef<HTMLDivElement>(null);
  const most = Math.max(1, ...bins);
  const place = (e: PointerEvent) => {
    const box = plot.current?.getBoundingClientRect();
    if (!box?.width || !onThreshold) return;
    const at = clampThreshold((100 * (e.clientX - box.left)) / box.width);
    onThreshold(clampThreshold(Math.round(at / SNAP) * SNAP));
  };
  return (
    <div className="select-none pt-4">
      <div ref={plot} className="relative">
        <div
          role="img"
          aria-label={`Leads by fit: ${bins.map((n, i) => `${i * 10} to ${i === 9 ? 100 : i * 10 + 9}: ${n}`).join(", ")}`}
          className="flex h-27 items-end gap-0.5 border-b"
        >
          {bins.map((n, i) => (
            <div key={i} className="flex h-full min-w-0 flex-1 flex-col justify-end">
              <span className="truncate text-center text-chart text-ink-2">{count(n)}</span>
              <div
                className={cx("rounded-t-[2px]", i * 10 >= threshold ? "bg-c1" : "bg-c4")}
                style={{ height: n ? `${Math.max(2, (80 * n) / most)}%` : 0 }}
              />
            </div>
          ))}
        </div>
        <div
          role="slider"
          aria-label="Threshold"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={threshold}
          aria-valuetext={`fit ${threshold} or more, ${plural(good, "lead")}`}
          aria-disabled={onThreshold ? undefined : true}
          tabIndex={0}
          className={cx(
            "absolute -top-3 bottom-0 z-10 -ml-3 flex w-6 touch-none justify-center rounded-key",
            onThreshold && "cursor-ew-resize",
          )}
          style={{ left: `${threshold}%` }}
          onKeyDown={(e) => {
            const step = STEPS[e.key];
            if (step === undefined || !onThreshold) return;
            e.preventDefault();
            onThreshold(clampThreshold(threshold + step));
          }}
          onPointerDown={(e) => {
            e.currentTarget.setPointerCapture(e.pointerId);
          }}
          onPointerMove={(e) => {
            if (e.currentTarget.hasPointerCapture(e.pointerId)) place(e);
          }}
        >
          <span aria-hidden="true" className="w-0.5 bg-ink" />
        </div>
      </div>
      <div aria-hidden="true" className="flex gap-0.5 pt-1 text-chart text-ink-3">
        {bins.map((_, i) => (
          <span key={i} className="min-w-0 flex-1">
            {i * 10}
          </span>
        ))}
      </div>
    </div>
  );
}
