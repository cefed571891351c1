// The bar over the table: the run's state, its progress and money, and what one can do about it.

import { CirclePause, OctagonPause, Play } from "lucide-react";
import { useEffect, useState } from "react";
import { serverNow } from "@/api/clock";
import { cx } from "@/shared/lib/cx";
import { clock, count, duration, plural } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { dollars } from "@/shared/lib/spend";
import { Button } from "@/shared/ui/button";
import { ProgressBar } from "@/shared/ui/progress";
import { toast, toastProblem } from "@/shared/ui/toast";
import {
  allOutcomes,
  isOver,
  outcomeWords,
  RUN_WORDS,
  type RunView,
  type Sample,
  sampled,
  standing,
  timeLeft,
} from "./model";
import { type RunMove, useMoveRun } from "./queries";
import { RaiseCap } from "./raise-cap";

const MARK: Record<RunView["state"], string> = {
  running: "border-accent after:bg-accent",
  paused: "border-edge",
  out_of_money: "border-held border-dashed",
  stopped: "border-bad after:bg-bad",
  done: "border-good after:bg-good",
};

/** The time that the run still takes, by its pace while it was watched, or what it does while no row is done. */
function usePace(run: RunView): { left?: number; stands?: string } {
  const now = useNow(1_000);
  const [samples, setSamples] = useState<Sample[]>([]);
  const { id, done, state } = run;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another run, or a pause, begins anew
  useEffect(() => setSamples([]), [id, state]);
  useEffect(() => setSamples((old) => sampled(old, { at: serverNow(), done })), [done]);
  if (state !== "running") return {};
  return { left: timeLeft(samples, run.total), stands: standing(run, samples.at(-1)?.at ?? now, now) };
}

/** Why the run does not go on, or what it waits for. */
function reason(run: RunView): string | undefined {
  switch (run.state) {
    case "running":
      return run.waits_until ? `a provider is busy, asked again at ${clock(run.waits_until)}` : undefined;
    case "paused":
      return run.why ?? undefined;
    case "out_of_money":
      return `${dollars(run.left)} left of the ${run.budget.scope === "run" ? "run's" : "month's"} cap, too little for the next lead: raise it to go on`;
    default:
      return undefined;
  }
}

export function RunBar({
  run,
  may,
  onFailed,
  onClose,
}: {
  run: RunView;
  /** Only for those who may change the run. */
  may: boolean;
  /** Shows the rows that failed; left out while they are shown. */
  onFailed?: () => void;
  onClose: () => void;
}) {
  const move = useMoveRun();
  const [raising, setRaising] = useState(false);
  const { left, stands } = usePace(run);
  const over = isOver(run);
  const outcomes = allOutcomes(run);
  const go = (to: RunMove, told?: string) =>
    move.mutate(
      { id: run.id, move: to },
      {
        onSuccess: () => told && toast(told),
        onError: (error) => toastProblem("Could not change the run", error),
      },
    );
  const failed = (outcomes.failed ?? 0) + (outcomes.answer_lost ?? 0);
  const said = reason(run);
  const rest = run.total - run.done;
  return (
    <section
      aria-label="Run"
      className="flex min-h-row-field shrink-0 flex-wrap items-center gap-x-4 gap-y-1 border-b px-6 py-1.5 max-lg:px-4"
    >
      <span className="flex items-center gap-2 font-semibold">
        <span
          aria-hidden="true"
          className={cx(
            "size-3.5 rounded-full border-[1.5px] p-[2px] after:block after:size-full after:rounded-full",
            MARK[run.state],
          )}
        />
        {RUN_WORDS[run.state]}
      </span>
      <ProgressBar
        className="!w-44 max-sm:!w-full"
        label="Rows that are done"
        total={run.total}
        parts={[{ value: run.done, className: run.state === "out_of_money" ? "bg-held" : "bg-accent" }]}
      />
      <span>
        <b className="font-semibold">{count(run.done)}</b> of {plural(run.total, "row")}
      </span>
      <span>
        <b className="font-semibold">{dollars(run.spent)}</b>
        {typeof run.cap === "number" ? ` of ${dollars(run.cap)}` : " spent, no cap"}
      </span>
      <span className="min-w-0 text-ink-3 sm:flex-1" aria-live={stands ? "off" : "polite"}>
        {said ??
          stands ??
          (over
            ? outcomeWords(outcomes)
            : [
                left === undefined ? undefined : `${duration(left)} left`,
                plural(rest, "row"),
                `${run.columns.length === 1 ? "1 column" : `${run.columns.length} columns`}${run.only_gaps ? ", only gaps" : ""}`,
              ]
                .filter(Boolean)
                .join(", "))}
      </span>
      <span className="flex flex-wrap items-center gap-2">
        {failed && onFailed ? (
          <Button kind="link" onClick={onFailed}>
            {count(failed)} failed
          </Button>
        ) : null}
        {may && run.state === "out_of_money" ? (
          <Button kind="primary" onClick={() => setRaising(true)}>
            Raise the cap
          </Button>
        ) : null}
        {may && run.state === "running" ? (
          <Button kind="quiet" icon={<CirclePause size={14} />} busy={move.isPending} onClick={() => go("pause")}>
            Pause
          </Button>
        ) : null}
        {may && run.state === "paused" ? (
          <Button icon={<Play size={14} />} busy={move.isPending} onClick={() => go("resume")}>
            Resume
          </Button>
        ) : null}
        {may && !over ? (
          <Button
            kind="danger"
            icon={<OctagonPause size={14} />}
            disabled={move.isPending}
            onClick={() =>
              go("stop", `Stopped. ${plural(run.done, "row")} stay filled, ${plural(rest, "row")} were not asked.`)
            }
          >
            Stop now
          </Button>
        ) : null}
        {over ? (
          <Button kind="quiet" onClick={onClose}>
            Close
          </Button>
        ) : null}
      </span>
      {raising ? <RaiseCap run={run} onClose={() => setRaising(false)} /> : null}
    </section>
  );
}
