// Pauses an account, without an end or until a time, changes the end, or resumes it. Each has Undo in the toast.
import { CalendarClock, Pause, Play } from "lucide-react";
import { useState } from "react";
import { PauseDialog } from "@/app/pause/pause-dialog";
import { useWorkspaceZone } from "@/app/shell/queries";
import { whenIn } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";
import { type AccountView, usePauseAccount } from "./queries";

export function PauseButtons({ account: c }: { account: AccountView }) {
  const [choosing, setChoosing] = useState(false);
  const zone = useWorkspaceZone();
  const move = usePauseAccount(c.id);
  const before = c.pause ? { until: c.pause.until ?? undefined } : "resume";
  const run = (to: "resume" | { until?: string }) =>
    move.mutate(to, {
      onSuccess: (now) => {
        setChoosing(false);
        const end = now.pause?.until ? `, until ${whenIn(zone, now.pause.until)}` : "";
        toast(now.pause ? `${c.name} is paused${end}: nothing is sent after 10 s` : `${c.name} is sending again`, {
          undo: () => move.mutateAsync(before),
        });
      },
      onError: (error) => (choosing ? undefined : toastProblem(`Could not change ${c.name}`, error)),
    });
  return (
    <>
      {c.pause ? (
        <Button icon={<Play size={15} />} busy={move.isPending} onClick={() => run("resume")}>
          Resume
        </Button>
      ) : (
        <Button icon={<Pause size={15} />} busy={move.isPending} onClick={() => run({})}>
          Pause
        </Button>
      )}
      <Button kind="quiet" icon={<CalendarClock size={15} />} onClick={() => setChoosing(true)}>
        {c.pause?.until ? "Change end" : c.pause ? "Set an end" : "Pause until"}
      </Button>
      {choosing ? (
        <PauseDialog
          title={`Pause ${c.name} until a set time`}
          yes="Pause until then"
          busy={move.isPending}
          error={move.error}
          onPause={(until) => run({ until })}
          onClose={() => {
            setChoosing(false);
            move.reset();
          }}
        >
          Then it resumes automatically. Waiting messages are rescheduled within its limits.
        </PauseDialog>
      ) : null}
    </>
  );
}
