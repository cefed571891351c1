// "Did this message arrive?" with the user's two answers, wherever it is asked. While the last attempt is checked, no answer is
// taken, and none is offered.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { asProblem } from "@/api/errors";
import type { Schema } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { clock } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";

type Answer = Schema["Answer"];

const SAID: Record<Answer, string> = { sent: "Marked as sent", send_again: "Sending again" };

/** Refusals that tell what has become of the message: nothing went wrong. */
const KNOWN = ["not_uncertain", "under_way"];

interface Asked {
  message: string;
  who: string;
  /** Until then the last attempt is checked. */
  checkingUntil?: string | null;
}

export function ReconcileUncertain({ message, who, checkingUntil }: Asked) {
  const cache = useQueryClient();
  const now = useNow();
  const reconcile = useMutation({
    mutationFn: (answer: Answer) =>
      unwrap(client.POST("/api/emails/{id}/settle", { params: { path: { id: message } }, body: { answer } })),
    onSuccess: (_, answer) => toast(SAID[answer]),
    onError: (error) => {
      const problem = asProblem(error);
      if (KNOWN.includes(problem.code)) toast(problem.detail);
      else toastProblem("Could not save your answer", error);
    },
    onSettled: () => {
      for (const of of ["tasks", "leads", "campaigns", "inbox", "uncertain"])
        void cache.invalidateQueries({ queryKey: [of] });
      void cache.invalidateQueries({ queryKey: ["dashboard", "stats"] });
    },
  });
  const may = useMay("rep");
  if (checkingUntil) {
    const isAhead = Date.parse(checkingUntil) > now;
    return (
      <span className="text-meta text-ink-2">
        {isAhead ? `We are checking until ${clock(checkingUntil)}` : "We are checking"}
      </span>
    );
  }
  if (!may) return null;
  return (
    <span className="flex flex-wrap items-center gap-2">
      <Button
        size="sm"
        kind="quiet"
        busy={reconcile.isPending}
        aria-label={`Mark as sent: ${who}`}
        onClick={() => reconcile.mutate("sent")}
      >
        Mark as sent
      </Button>
      <Button
        size="sm"
        kind="quiet"
        busy={reconcile.isPending}
        aria-label={`Send again: ${who}`}
        onClick={() => reconcile.mutate("send_again")}
      >
        Send again
      </Button>
    </span>
  );
}
