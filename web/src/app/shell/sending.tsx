// The rail's foot: is anything being sent, and the one button that stops it all.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { cx } from "@/shared/lib/cx";
import { count, sinceUntil } from "@/shared/lib/format";
import { State } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";
import { statsQuery, useSending, useWorkspaceZone } from "./queries";
import type { Stopping } from "./stop-sending";

const load = () => import("./stop-sending");
const StopSending = lazy(() => load().then((m) => ({ default: m.StopSending })));

// Whoever wants to stop it all waits for nothing.
if (typeof requestIdleCallback === "function") requestIdleCallback(() => void load());

export function SendingFoot({ narrow }: { narrow: boolean }) {
  const { sending, change } = useSending();
  const zone = useWorkspaceZone();
  const may = useMay("rep");
  const stats = useQuery(statsQuery).data;
  const [stopping, setStopping] = useState<Stopping>();
  if (!sending) return null;
  const on = sending.state === "running";
  const start = () =>
    change.mutate(
      { stop: false },
      {
        onSuccess: () => void toast("Sending is on again"),
        onError: (error) => toastProblem("Sending could not be started", error),
      },
    );
  return (
    <div className={cx("pb-3", narrow ? "px-2 text-center" : "px-4 max-sm:px-0")}>
      <div className="flex items-center justify-between gap-2">
        <State tone={on ? "good" : sending.state === "stopping" ? "wait" : "bad"}>
          <span className={cx(narrow && "sr-only")}>
            {on ? "Sending on" : sending.state === "stopping" ? "Stopping" : "Sending stopped"}
          </span>
        </State>
        {narrow || !may ? null : on ? (
          <Button size="sm" onClick={() => setStopping("asked")}>
            Stop all
          </Button>
        ) : (
          <Button size="sm" onClick={start} busy={change.isPending}>
            Start again
          </Button>
        )}
      </div>
      {on && !narrow && stats ? (
        <div className="mt-1 text-meta text-ink-2">
          {count(stats.today.emails_sent + stats.today.sms_sent + stats.today.whatsapp_sent)} sent today
        </div>
      ) : null}
      {!on && !narrow && sending.since ? (
        <div className="mt-1 flex flex-wrap items-baseline gap-x-2 text-meta text-ink-2">
          <span>{sinceUntil(sending.since, sending.until, zone)}</span>
          {may ? (
            <Button size="sm" kind="quiet" onClick={() => setStopping("until")}>
              {sending.until ? "Another end" : "Set an end"}
            </Button>
          ) : null}
        </div>
      ) : null}
      {stopping ? (
        <Suspense>
          <StopSending stopping={stopping} onStopping={setStopping} />
        </Suspense>
      ) : null}
    </div>
  );
}
