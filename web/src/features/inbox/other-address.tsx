// A lead that writes from another address than its own: where the reply goes, and whether the address is remembered.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import { Button } from "@/shared/ui/button";
import { toast, toastProblem } from "@/shared/ui/toast";
import type { ThreadView } from "./queries";

/** The address that a reply by e-mail goes to: where the latest mail came from, unless the user chooses the lead's own. */
export function useReplyTo({ lead, reply_to }: Pick<ThreadView, "lead" | "reply_to">) {
  const [toOwn, setToOwn] = useState(false);
  const other = reply_to && reply_to !== lead.email ? reply_to : undefined;
  return { other, to: other && !(toOwn && lead.email) ? other : (lead.email ?? undefined), toOwn, setToOwn };
}

export function OtherAddress({
  thread: { lead, unknown_address: unknown },
  reply: { other, toOwn, setToOwn },
}: {
  thread: ThreadView;
  reply: ReturnType<typeof useReplyTo>;
}) {
  const cache = useQueryClient();
  const remember = useMutation({
    mutationFn: (address: string) =>
      unwrap(
        client.POST("/api/inbox/{lead_id}/addresses", {
          params: { path: { lead_id: lead.id } },
          body: { address },
        }),
      ),
    onSettled: () => cache.invalidateQueries({ queryKey: ["inbox"] }),
  });
  if (!other) return null;
  return (
    <div className="mb-2 rounded-panel border bg-canvas px-3.5 py-2.5 text-ink-2 [overflow-wrap:anywhere]">
      <p>
        {lead.name} wrote from <strong className="font-medium text-ink">{other}</strong>.{" "}
        {toOwn ? `Your reply goes to ${lead.email}.` : "Your reply goes there."}
        {unknown ? " New mail from there is matched only in this thread." : ""}
      </p>
      <div className="mt-1.5 flex flex-wrap gap-2">
        {unknown ? (
          <Button
            size="sm"
            busy={remember.isPending}
            onClick={() =>
              remember.mutate(unknown, {
                onSuccess: () => toast(`Mail from ${unknown} is matched to ${lead.name} from now on`),
                onError: (error) => toastProblem("Could not remember the address", error),
              })
            }
          >
            Remember as another address
          </Button>
        ) : null}
        {lead.email ? (
          <Button size="sm" kind="quiet" onClick={() => setToOwn(!toOwn)}>
            {toOwn ? `Reply to ${other}` : `Reply to ${lead.email} instead`}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
