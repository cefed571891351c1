// A lead whose message may be an opt-out: a model took it for one. Nothing is sent until a user says whether it is, with
// one key or click.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ban, Check, CircleHelp } from "lucide-react";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { useCommands } from "@/app/commands/registry";
import { when } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";

export type OptOutHold = Schema["OptOutHold"];

function useAnswer(lead: string, hold: OptOutHold | null | undefined) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (opted_out: boolean) =>
      unwrap(
        client.POST("/api/inbox/{lead_id}/possible-opt-out", {
          params: { path: { lead_id: lead } },
          body: { opted_out, message_id: hold?.messages.at(-1) ?? "" },
        }),
      ),
    onSettled: () => Promise.all(["inbox", "leads"].map((key) => cache.invalidateQueries({ queryKey: [key] }))),
  });
}

/** Nothing where the lead is not held. */
export function PossibleOptOut({
  lead,
  name,
  hold,
}: {
  lead: string;
  name: string;
  hold: OptOutHold | null | undefined;
}) {
  const may = useMay("rep");
  const answer = useAnswer(lead, hold);
  // The hold stands until the suppression list has the address: there is nothing left to decide.
  const isSaid = answer.data?.possible_opt_out?.messages.at(-1) === hold?.messages.at(-1) && answer.variables === true;
  const open = !!hold && !isSaid;
  const say = async (optedOut: boolean) => {
    if (answer.isPending) return;
    try {
      await answer.mutateAsync(optedOut);
      toast(optedOut ? `${name} has opted out: nothing is sent any more` : `${name} has not opted out`);
    } catch (error) {
      toastProblem("Could not save your answer", error);
    }
  };
  useCommands(
    open && may
      ? [
          {
            id: "hold-opted-out",
            title: `${name} has opted out`,
            group: "This page",
            keys: "o",
            icon: Ban,
            run: () => void say(true),
          },
          {
            id: "hold-not-opted-out",
            title: `${name} has not opted out`,
            group: "This page",
            keys: "u",
            icon: Check,
            run: () => void say(false),
          },
        ]
      : [],
  );
  if (!hold || !open) return null;
  return (
    <section
      aria-label="Possible opt-out"
      className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b bg-warm-soft px-6 py-2 max-lg:px-4"
    >
      <CircleHelp size={15} aria-hidden="true" className="shrink-0" />
      <p className="min-w-0 flex-1 basis-65 [overflow-wrap:anywhere]">
        <span className="font-medium">Possible opt-out</span> {when(hold.since)}
        {hold.sentence ? `: “${hold.sentence}”` : ""}. Nothing is sent until you say what it is.
      </p>
      {may ? (
        <div className="flex flex-wrap gap-2">
          <Button icon={<Ban size={15} />} hint="O" busy={answer.isPending} onClick={() => void say(true)}>
            Opted out
          </Button>
          <Button icon={<Check size={15} />} hint="U" busy={answer.isPending} onClick={() => void say(false)}>
            Not an opt-out
          </Button>
        </div>
      ) : null}
    </section>
  );
}
