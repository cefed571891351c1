// Actions on one lead in one campaign: pause, resume, remove.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { PauseDialog } from "@/app/pause/pause-dialog";
import { HOLDS } from "@/shared/lib/labels";
import { Button } from "@/shared/ui/button";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { toast, toastProblem } from "@/shared/ui/toast";

type HoldReason = Schema["HoldReason"];

type Move = { do: "resume" | "skip" | "remove" } | { do: "pause"; until?: string };

const DONE: Record<Move["do"], string> = {
  pause: "Paused",
  resume: "Resumed",
  skip: "Step skipped",
  remove: "Removed from the campaign",
};

export function EnrolmentActions({
  campaign,
  lead,
  name,
  state,
  reason,
  until,
  wanted,
}: {
  campaign: string;
  lead: string;
  name: string;
  state: string;
  reason?: HoldReason | null;
  /** The end of a hold. */
  until?: string | null;
  /** A pause that begins once the message under way is settled, or the campaign is launched. */
  wanted?: boolean;
}) {
  const cache = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const [pausing, setPausing] = useState(false);
  const held = state === "held" ? reason : undefined;
  const hold = held ? HOLDS[held] : undefined;
  const paused = held === "paused_by_user";
  const late = held === "late";
  // A decision that Undo cannot ask for again.
  const asks = late || held === "owner_changed";
  // For a lead who is out of office, a pending pause is taken back first.
  const goesOn = hold?.mayResume && !(held === "out_of_office" && wanted);
  const before: Move = paused ? { do: "pause", until: until ?? undefined } : { do: "resume" };
  const move = useMutation({
    mutationFn: (m: Move) => {
      const path = { params: { path: { id: campaign, lead } } };
      switch (m.do) {
        case "pause": {
          const body = { until: m.until };
          return unwrap(client.POST("/api/campaigns/{id}/enrolments/{lead}/pause", { ...path, body }));
        }
        case "resume":
          return unwrap(client.POST("/api/campaigns/{id}/enrolments/{lead}/resume", path));
        case "skip":
          return unwrap(client.POST("/api/campaigns/{id}/enrolments/{lead}/skip", path));
        case "remove":
          return unwrap(client.POST("/api/campaigns/{id}/enrolments/{lead}/remove", path));
      }
    },
    onSuccess: (_a, m) => {
      setRemoving(false);
      setPausing(false);
      const undoable = m.do === "pause" ? !asks : m.do === "resume" && paused;
      toast(DONE[m.do], { undo: undoable ? () => move.mutateAsync(before) : undefined });
    },
    onError: (error, m) => (m.do === "remove" || pausing ? undefined : toastProblem("Nothing was changed", error)),
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ["campaigns"] });
      void cache.invalidateQueries({ queryKey: ["leads"] });
    },
  });
  return (
    <>
      {hold?.maySkip ? (
        <Button kind="quiet" busy={move.isPending} onClick={() => move.mutate({ do: "skip" })}>
          Skip this step
        </Button>
      ) : null}
      {goesOn || wanted ? (
        <Button busy={move.isPending} onClick={() => move.mutate({ do: "resume" })}>
          {late ? "Send now" : goesOn ? "Resume" : "Cancel the pause"}
        </Button>
      ) : null}
      {paused || wanted || asks ? null : (
        <Button busy={move.isPending} onClick={() => move.mutate({ do: "pause" })}>
          Pause {name}
        </Button>
      )}
      <Button kind="quiet" onClick={() => setPausing(true)}>
        {paused ? "Change end" : "Pause until"}
      </Button>
      <Button kind="danger" busy={move.isPending} onClick={() => setRemoving(true)}>
        Remove from campaign
      </Button>
      {pausing ? (
        <PauseDialog
          title={`Pause ${name} until a set time`}
          yes="Pause until then"
          busy={move.isPending}
          error={move.error}
          onPause={(until) => move.mutate({ do: "pause", until })}
          onClose={() => {
            setPausing(false);
            move.reset();
          }}
        >
          This campaign sends them nothing until then. It resumes automatically.
        </PauseDialog>
      ) : null}
      {removing ? (
        <ConfirmDialog
          title={`Remove ${name} from the campaign?`}
          yes="Remove 1 lead"
          busy={move.isPending}
          error={move.error}
          onYes={() => move.mutate({ do: "remove" })}
          onClose={() => {
            setRemoving(false);
            move.reset();
          }}
        >
          This campaign sends them nothing more, and they cannot return to their current step.
        </ConfirmDialog>
      ) : null}
    </>
  );
}
