// The dialog that releases all leads of a campaign that are held for one reason.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { client, unwrap } from "@/api/client";
import { LIVE_MS } from "@/api/query";
import type { Schema } from "@/api/types";
import { count, plural } from "@/shared/lib/format";
import { HOLD_WORDS, HOLDS } from "@/shared/lib/labels";
import { State } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { toast } from "@/shared/ui/toast";

type HoldReason = Schema["HoldReason"];

/** The list is refreshed for this long, because leads are released page by page in the background. */
const BEING_LET_GO_MS = 30_000;

/** The other holds end with their cause, or are decided one by one. */
export function mayBeReleased(reason: string): reason is HoldReason {
  return reason in HOLDS && HOLDS[reason as HoldReason].release !== null;
}

/** `people`: the known held leads; with `more` there may be others. */
export function LetAllGo({
  campaign,
  reason,
  people,
  more,
}: {
  campaign: { id: string; name: string };
  reason: HoldReason;
  people: number;
  more: boolean;
}) {
  const cache = useQueryClient();
  const [asked, setAsked] = useState(false);
  const [ordered, setOrdered] = useState(false);
  const release = useMutation({
    mutationFn: () =>
      unwrap(client.POST("/api/campaigns/{id}/release", { params: { path: { id: campaign.id } }, body: { reason } })),
    onSuccess: () => {
      setAsked(false);
      setOrdered(true);
      toast(`${who} within an hour, within all limits`);
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ["campaigns"] }),
  });
  useEffect(() => {
    if (!ordered) return;
    const look = setInterval(() => void cache.invalidateQueries({ queryKey: ["campaigns"] }), LIVE_MS);
    const over = setTimeout(() => setOrdered(false), BEING_LET_GO_MS);
    return () => {
      clearInterval(look);
      clearTimeout(over);
    };
  }, [ordered, cache]);
  const who = more ? "All resume" : `${plural(people, "lead resumes", "leads resume")}`;
  const all = more ? "Release all" : people === 1 ? "Release 1 lead" : `Release all ${count(people)}`;
  const why = HOLD_WORDS[reason];
  if (ordered) return <State tone="wait">Releasing</State>;
  return (
    <>
      <Button size="sm" aria-label={`${all}: ${why}, ${campaign.name}`} onClick={() => setAsked(true)}>
        {all}
      </Button>
      {asked ? (
        <ConfirmDialog
          title={`${all} in ${campaign.name}?`}
          yes={all}
          no="Cancel"
          kind="primary"
          busy={release.isPending}
          error={release.error}
          onYes={() => release.mutate()}
          onClose={() => {
            setAsked(false);
            release.reset();
          }}
        >
          <p>
            Held because: {why}. Released leads resume within an hour, within sending windows, hours and limits. If a
            day is full, they go out on the next day with capacity.
          </p>
          <p className="mt-2">{HOLDS[reason].release}</p>
        </ConfirmDialog>
      ) : null}
    </>
  );
}
