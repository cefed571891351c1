// A figure beside its target: words, and a bar with a mark where the pace is.
import { cx } from "@/shared/lib/cx";
import { ProgressBar } from "@/shared/ui/progress";
import { FIGURE_NAMES, type Figure, paceWords, projectedWords, reachedWords } from "./figures";
import type { Progress, Targets } from "./queries";

export function TargetBar({
  figure,
  progress,
  targets,
  of,
}: {
  figure: Figure;
  progress: Progress;
  targets: Targets;
  /** Whose figure it is. */
  of: string;
}) {
  if (typeof progress.target !== "number") return null;
  const isBehind = progress.actual < (progress.expected ?? 0);
  const tick = targets.days_over > 0 && targets.days_over < targets.working_days ? progress.expected : undefined;
  return (
    <ProgressBar
      label={`${FIGURE_NAMES[figure]} of ${of}: ${reachedWords(figure, progress, targets.currency)}`}
      parts={[{ value: Math.max(0, progress.actual), className: isBehind ? "bg-c2" : "bg-c1" }]}
      total={progress.target}
      tick={tick ?? undefined}
    />
  );
}

/** "3 behind pace", and what is to be expected. */
export function PaceNote({
  figure,
  progress,
  targets,
  className,
}: {
  figure: Figure;
  progress: Progress;
  targets: Targets;
  className?: string;
}) {
  const pace = paceWords(figure, progress, targets);
  const projected = projectedWords(figure, progress, targets);
  const isBehind = !!pace?.endsWith("behind pace") || !!pace?.endsWith("short");
  if (!pace && !projected) return null;
  return (
    <span className={cx("block text-meta text-ink-2", className)}>
      {pace ? <span className={cx(isBehind && "font-medium text-ink")}>{pace}</span> : null}
      {pace && projected ? ", " : null}
      {projected}
    </span>
  );
}
