// Pauses a lead in all of its campaigns, without an end or until a time, and resumes it.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CirclePause, Play } from "lucide-react";
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import { asProblem } from "@/api/errors";
import { useCommands } from "@/app/commands/registry";
import type { LeadEnrolment } from "@/app/timeline/model";
import { FormProblem } from "@/shared/forms/form-problem";
import { when } from "@/shared/lib/format";
import { morning } from "@/shared/lib/morning";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { later } from "@/shared/ui/later";
import { toast, toastProblem } from "@/shared/ui/toast";
import type { BackTo } from "./pausing";

const PauseDialog = later(() => import("@/app/pause/pause-dialog").then((m) => m.PauseDialog));

const CHOICES: [string, number][] = [
  ["For three days", 3],
  ["For a week", 7],
  ["For a month", 30],
];

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
  const takeBack = async (all: BackTo[]) => {
    try {
      for (const one of all) {
        const path = { params: { path: { id: one.campaign, lead: id } } };
        if (one.do === "pause")
          await unwrap(
            client.POST("/api/campaigns/{id}/enrolments/{lead}/pause", { ...path, body: { until: one.until } }),
          );
        else await unwrap(client.POST("/api/campaigns/{id}/enrolments/{lead}/resume", path));
      }
    } finally {
      settled();
    }
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
      const { backTo, movedWords } = await import("./pausing");
      const back = backTo(campaigns);
      toast(movedWords(name, campaigns), {
        tone: campaigns.some((c) => c.outcome === "busy") ? "problem" : "done",
        undo: back && (() => takeBack(back)),
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
      <Dialog
        open={asking === "how long"}
        onClose={close}
        title={`Pause ${name}`}
        description={`In ${underWay.map((e) => e.campaign_name).join(", ")}: no messages and no tasks until then.`}
      >
        {move.error ? <FormProblem problem={asProblem(move.error)} /> : null}
        <ul className="divide-y border-y">
          <Choice label="Until resumed" busy={move.isPending} onChoose={() => pause()} />
          {CHOICES.map(([label, days]) => {
            const until = morning(days);
            return (
              <Choice
                key={label}
                label={label}
                note={when(until)}
                busy={move.isPending}
                onChoose={() => pause(until.toISOString())}
              />
            );
          })}
          <Choice label="Until a set time" busy={move.isPending} onChoose={() => setAsking("until")} />
        </ul>
      </Dialog>
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

function Choice({
  label,
  note,
  busy,
  onChoose,
}: {
  label: string;
  note?: string;
  busy: boolean;
  onChoose: () => void;
}) {
  return (
    <li>
      <Button kind="row" disabled={busy} onClick={onChoose} className="h-9 justify-between px-2 max-sm:h-11">
        <span className="font-medium">{label}</span>
        {note ? <span className="text-ink-2">{note}</span> : null}
      </Button>
    </li>
  );
}
