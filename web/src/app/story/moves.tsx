// What a person can do about one lead in one campaign: pause them, let them go on, take them out.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import { Ask } from "@/shared/ui/ask";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";

type Move = "pause" | "resume" | "remove";

export function Moves({
  campaign,
  lead,
  name,
  state,
  reason,
}: {
  campaign: string;
  lead: string;
  name: string;
  state: string;
  reason?: string | null;
}) {
  const cache = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const move = useMutation({
    mutationFn: (m: Move) => {
      const path = { params: { path: { id: campaign, lead } } };
      switch (m) {
        case "pause":
          return unwrap(client.POST("/api/campaigns/{id}/enrolments/{lead}/pause", path));
        case "resume":
          return unwrap(client.POST("/api/campaigns/{id}/enrolments/{lead}/resume", path));
        case "remove":
          return unwrap(client.POST("/api/campaigns/{id}/enrolments/{lead}/remove", path));
      }
    },
    onSuccess: (_a, m) => {
      setRemoving(false);
      toast(m === "pause" ? "Paused" : m === "resume" ? "Goes on" : "Taken out of the campaign");
    },
    onError: (error, m) => (m === "remove" ? undefined : toastProblem("Nothing was changed", error)),
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ["campaigns"] });
      void cache.invalidateQueries({ queryKey: ["leads"] });
    },
  });
  return (
    <>
      {state === "held" && reason === "paused_by_user" ? (
        <Button busy={move.isPending} onClick={() => move.mutate("resume")}>
          Let it go on
        </Button>
      ) : state === "scheduled" || state === "pending" ? (
        <Button busy={move.isPending} onClick={() => move.mutate("pause")}>
          Pause for {name}
        </Button>
      ) : null}
      <Button kind="danger" busy={move.isPending} onClick={() => setRemoving(true)}>
        Take out of the campaign
      </Button>
      {removing ? (
        <Ask
          title={`Take ${name} out of the campaign?`}
          yes="Take 1 person out"
          busy={move.isPending}
          error={move.error}
          onYes={() => move.mutate("remove")}
          onClose={() => {
            setRemoving(false);
            move.reset();
          }}
        >
          Nothing more of this campaign is sent to them, and they cannot be put back where they stand.
        </Ask>
      ) : null}
    </>
  );
}
