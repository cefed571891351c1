// "Did this message arrive?" with the user's two answers, wherever it is asked.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";

type Answer = Schema["Answer"];

const SAID: Record<Answer, string> = { sent: "Marked as sent", send_again: "Sending again" };

export function ReconcileUncertain({ message, who }: { message: string; who: string }) {
  const cache = useQueryClient();
  const reconcile = useMutation({
    mutationFn: (answer: Answer) =>
      unwrap(client.POST("/api/emails/{id}/settle", { params: { path: { id: message } }, body: { answer } })),
    onSuccess: (_, answer) => toast(SAID[answer]),
    onError: (error) => toastProblem("Could not save your answer", error),
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ["tasks"] });
      void cache.invalidateQueries({ queryKey: ["leads"] });
      void cache.invalidateQueries({ queryKey: ["campaigns"] });
    },
  });
  if (!useMay("rep")) return null;
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
