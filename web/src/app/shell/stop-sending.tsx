// The dialog that stops all sending: the confirmation, and until when. Loaded on demand.
import { PauseDialog } from "@/app/pause/pause-dialog";
import { whenIn } from "@/shared/lib/format";
import { useStore } from "@/shared/lib/store";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { toast, toastProblem } from "@/shared/ui/toast";
import { useSending, useWorkspaceZone } from "./queries";
import { type Stopping, stopping } from "./stopping";

export function StopSending() {
  const asked = useStore(stopping);
  return asked ? <Asked asked={asked} onAsked={stopping.set} /> : null;
}

function Asked({ asked, onAsked }: { asked: Stopping; onAsked: (to?: Stopping) => void }) {
  const { sending: before, change } = useSending();
  const zone = useWorkspaceZone();
  const close = () => onAsked(undefined);
  const stop = async () => {
    close();
    try {
      await change.mutateAsync({ stop: true });
      toast("All sending stops within 10 s", { undo: () => change.mutateAsync({ stop: false }) });
    } catch (error) {
      toastProblem("Could not stop sending", error);
    }
  };
  const stopUntil = (until: string) =>
    change.mutate(
      { stop: true, until },
      {
        onSuccess: (now) => {
          close();
          toast(`Sending resumes ${now.until ? whenIn(zone, now.until) : "when you start it"}`, {
            undo: () =>
              change.mutateAsync(
                before?.state === "running" ? { stop: false } : { stop: true, until: before?.until ?? undefined },
              ),
          });
        },
      },
    );
  if (asked === "until")
    return (
      <PauseDialog
        title="Stop all sending until a set time"
        yes="Stop until then"
        busy={change.isPending}
        error={change.error}
        onPause={stopUntil}
        onClose={close}
      >
        Then everything resumes automatically, within each account's limits.
      </PauseDialog>
    );
  return (
    <Dialog
      open
      onClose={close}
      title="Stop all sending?"
      description="Nothing leaves this workspace until you start it again. Scheduled messages keep their place."
      footer={
        <>
          <Button kind="grave" onClick={() => void stop()}>
            Stop all sending
          </Button>
          <Button onClick={() => onAsked("until")}>Stop until a set time</Button>
          <Button kind="quiet" onClick={close}>
            Keep sending
          </Button>
        </>
      }
    >
      <p className="text-ink-2">Messages handed to a mail server in the last few seconds cannot be recalled.</p>
    </Dialog>
  );
}
