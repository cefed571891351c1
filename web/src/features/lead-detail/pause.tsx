// Pauses a lead in all of its campaigns, without an end or until a time, and resumes it.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CirclePause, Play } from "lucide-react";
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import { useCommands } from "@/app/commands/registry";
import { PauseDialog } from "@/app/pause/pause-dialog";
import type { LeadEnrolment } from "@/app/timeline/model";
import { Button } from "@/shared/ui/button";
import { later } from "@/shared/ui/later";
import { toast, toastProblem } from "@/shared/ui/toast";

const PauseChoices = later(() => import("./pause-choices").then((m) => m.PauseChoices));

/** A user has paused it, or a pause is pending. */
const isPaused = (e: LeadEnrolment) =>
  e.pause_wanted || (e.state === "held" && ["paused_by_user", "owner_changed"].includes(e.hold_reason ?? ""));

/** `underWay`: all active enrolments of the lead. */
export function PauseLead({ id, name, underWay }: { id: string; name: string; underWay: LeadEnrolment[] }) {
  const cache = useQueryClient();
  const [asking, setAsking] = useState<"how long" | "until">();
  const settled = () => {
    void cache.invalidateQueries({ queryKey: ["leads"] });
    void cache.invalidateQueries({ queryKey: ["campaigns"] });
  };
  const move = useMutation({
    mutationFn: (m: { do: "pause"; until?: string } | { do: "resume" }) => {
      const path = { params: { path: { id } } };
      return m.do === "pause"
        ? unwrap(client.POST("/api/leads/{id}/pause", { ...path, body: { until: m.until } }))
        : unwrap(client.POST("/api/leads/{id}/resume", path));
    },
    onSuccess: async ({ campaigns }) => {
      setAsking(undefined);
      const { backTo, movedWords, takeBack } = await import("./pausing");
      const back = backTo(campaigns);
      toast(movedWords(name, campaigns), {
        tone: campaigns.some((c) => c.outcome === "busy") ? "problem" : "done",
        undo: back && (() => takeBack(id, back).finally(settled)),
      });
    },
    onError: (error) => (asking ? undefined : toastProblem(`Could not change ${name}`, error)),
    onSettled: settled,
  });
  const pause = (until?: string) => move.mutate({ do: "pause", until });
  const close = () => {
    setAsking(undefined);
    move.reset();
  };
  const some = underWay.some(isPaused);
  const all = underWay.every(isPaused);
  useCommands(
    underWay.length
      ? [
          ...(all
            ? []
            : [
                {
                  id: "lead-pause",
                  title: `Pause ${name}`,
                  group: "This page" as const,
                  icon: CirclePause,
                  run: () => setAsking("how long"),
                },
              ]),
          ...(some
            ? [
                {
                  id: "lead-resume",
                  title: `Resume ${name}`,
                  group: "This page" as const,
                  icon: Play,
                  run: () => move.mutate({ do: "resume" }),
                },
              ]
            : []),
        ]
      : [],
  );
  if (!underWay.length) return null;
  return (
    <>
      {some ? (
        <Button icon={<Play size={15} />} busy={move.isPending} onClick={() => move.mutate({ do: "resume" })}>
          Resume
        </Button>
      ) : null}
      {all ? null : (
        <Button icon={<CirclePause size={15} />} busy={move.isPending} onClick={() => setAsking("how long")}>
          Pause
        </Button>
      )}
      <PauseChoices
        open={asking === "how long"}
        name={name}
        campaigns={underWay.map((e) => e.campaign_name)}
        busy={move.isPending}
        error={move.error}
        onPause={pause}
        onSetTime={() => setAsking("until")}
        onClose={close}
      />
      {asking === "until" ? (
        <PauseDialog
          title={`Pause ${name} until a set time`}
          yes="Pause until then"
          busy={move.isPending}
          error={move.error}
          onPause={pause}
          onClose={close}
        >
          No campaign sends them anything until then. Everything resumes automatically.
        </PauseDialog>
      ) : null}
    </>
  );
}
