// A scheduled message: the toast when it is scheduled, and Undo while it still waits.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { useMay } from "@/app/auth/use-may";
import { useStanding, waitOf } from "@/app/pause/waits";
import { when } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";

export interface HandedOver {
  id: string;
  created_at: string;
  planned_for?: string | null;
  account_id?: string | null;
}

/** A message that waits for longer has a time of its own. */
const A_MOMENT_MS = 60_000;

const waitsMs = (m: HandedOver) => Date.parse(m.planned_for ?? m.created_at) - Date.parse(m.created_at);

/** A moment less than the message waits, so that Undo always works while it is shown. */
export const undoMs = (m: HandedOver) => Math.min(10_000, waitsMs(m) - 500);

export function useCancelMessage() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(client.POST("/api/emails/{id}/cancel", { params: { path: { id } } })),
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ["leads"] });
      void cache.invalidateQueries({ queryKey: ["inbox"] });
    },
  });
}

/** Confirms that a message was scheduled. `restore`: puts the text back into the composer. */
export function useHandedOverToast() {
  const cancel = useCancelMessage();
  const standing = useStanding();
  return (m: HandedOver, later: boolean, what: string, restore: () => Promise<unknown>) => {
    // A text to somebody who sleeps waits for their morning.
    const at = later || waitsMs(m) > A_MOMENT_MS ? m.planned_for : undefined;
    const wait = waitOf(standing, m.account_id, at);
    const said = wait
      ? `${what} waits: ${wait}`
      : at
        ? `${what} goes out ${when(at)}`
        : `${what} sends in a few seconds`;
    const ms = undoMs(m);
    const undo = async () => {
      await cancel.mutateAsync(m.id);
      await restore();
    };
    toast(said, ms > 0 ? { undo, ms } : {});
  };
}

export function CancelPlanned({ message, who }: { message: string; who: string }) {
  const cancel = useCancelMessage();
  if (!useMay("rep")) return null;
  return (
    <Button
      size="sm"
      kind="quiet"
      busy={cancel.isPending}
      aria-label={`Cancel: ${who}`}
      onClick={() =>
        cancel.mutate(message, {
          onSuccess: () => void toast("Message cancelled"),
          onError: (error) => toastProblem("Could not cancel the message", error),
        })
      }
    >
      Cancel
    </Button>
  );
}
