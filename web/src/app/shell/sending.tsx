// The rail's foot: is anything being sent, and the one button that stops it all.
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { cx } from "@/shared/lib/cx";
import { count, sinceUntil, whenIn } from "@/shared/lib/format";
import { State } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { toast, toastProblem } from "@/shared/ui/toast";
import { statsQuery, useSending, useWorkspaceZone } from "./queries";

const PauseDialog = lazy(() => import("@/app/pause/pause-dialog").then((m) => ({ default: m.PauseDialog })));

export function SendingFoot({ narrow }: { narrow: boolean }) {
  const { sending, change } = useSending();
  const zone = useWorkspaceZone();
  const stats = useQuery(statsQuery).data;
  const [asking, setAsking] = useState(false);
  const [choosing, setChoosing] = useState(false);
  if (!sending) return null;
  const on = sending.state === "running";
  const move = async (stop: boolean) => {
    try {
      await change.mutateAsync({ stop });
      toast(stop ? "All sending stops within 10 s" : "Sending is on again", {
        undo: stop ? () => change.mutateAsync({ stop: false }) : undefined,
      });
    } catch (error) {
      toastProblem(stop ? "Sending could not be stopped" : "Sending could not be started", error);
    }
  };
  const before = sending;
  const stopUntil = (until: string) =>
    change.mutate(
      { stop: true, until },
      {
        onSuccess: (now) => {
          setChoosing(false);
          toast(`Sending goes on ${now.until ? whenIn(zone, now.until) : "when you start it"}`, {
            undo: () =>
              change.mutateAsync(
                before.state === "running" ? { stop: false } : { stop: true, until: before.until ?? undefined },
              ),
          });
        },
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
        {narrow ? null : on ? (
          <Button size="sm" onClick={() => setAsking(true)} busy={change.isPending}>
            Stop all
          </Button>
        ) : (
          <Button size="sm" onClick={() => void move(false)} busy={change.isPending}>
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
          <Button size="sm" kind="quiet" onClick={() => setChoosing(true)}>
            {sending.until ? "Another end" : "Set an end"}
          </Button>
        </div>
      ) : null}
      {choosing ? (
        <Suspense>
          <PauseDialog
            title="Stop all sending until a time"
            yes="Stop until then"
            busy={change.isPending}
            error={change.error}
            onPause={stopUntil}
            onClose={() => {
              setChoosing(false);
              change.reset();
            }}
          >
            Then everything goes on by itself, inside each account's limits.
          </PauseDialog>
        </Suspense>
      ) : null}
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Stop all sending?"
        description="Nothing leaves this workspace until you start it again. What is planned stays planned and keeps its place."
        footer={
          <>
            <Button
              kind="grave"
              onClick={() => {
                setAsking(false);
                void move(true);
              }}
            >
              Stop all sending
            </Button>
            <Button
              onClick={() => {
                setAsking(false);
                setChoosing(true);
              }}
            >
              Stop until a time
            </Button>
            <Button kind="quiet" onClick={() => setAsking(false)}>
              Keep sending
            </Button>
          </>
        }
      >
        <p className="text-ink-2">What was handed to a mail server in the last few seconds cannot be called back.</p>
      </Dialog>
    </div>
  );
}
