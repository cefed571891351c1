// Everybody whom one reason holds in one campaign is let go, once that is asked.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { client, unwrap } from "@/api/client";
import { LIVE_MS } from "@/api/query";
import type { Schema } from "@/api/types";
import { count, plural } from "@/shared/lib/format";
import { HOLD_WORDS } from "@/shared/lib/labels";
import { State } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { toast } from "@/shared/ui/toast";

type HoldReason = Schema["HoldReason"];

/** From what all are let go together, and what else that does. The others end with their cause, or are answered one by one. */
const RELEASED: Partial<Record<HoldReason, string>> = {
  missing_value:
    "Whoever gets the value goes on anyway: let them go where the text was changed instead. Who still lacks a value is held again.",
  paused_by_user: "An end that a pause has does not count any more.",
  owner_changed: "The new owners are not asked any more.",
  company_answered: "They are written to although somebody of their company has answered.",
  mailbox: "Whose mailbox is still gone, or lets nobody in, is held again.",
  not_taken: "What the provider still does not take is held again.",
};

/** So long the list is asked again and again: they are let go page by page, in the background. */
const BEING_LET_GO_MS = 30_000;

export function mayBeReleased(reason: string): reason is HoldReason {
  return reason in RELEASED;
}

/** `people`: as many as are known; with `more` there may be others. */
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
      toast(`${who} within an hour, inside all limits`);
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
  const who = more ? "They all go on" : `${plural(people, "person goes", "people go")} on`;
  const all = more ? "Let all go" : people === 1 ? "Let 1 person go" : `Let all ${count(people)} go`;
  const why = HOLD_WORDS[reason];
  if (ordered) return <State tone="wait">Being let go</State>;
  return (
    <>
      <Button size="sm" aria-label={`${all}: ${why}, ${campaign.name}`} onClick={() => setAsked(true)}>
        {all}
      </Button>
      {asked ? (
        <ConfirmDialog
          title={`${all} in ${campaign.name}?`}
          yes={all}
          no="Not yet"
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
            Held for: {why}. Whoever is let go goes on within an hour, inside windows, hours and all limits; where a day
            has no room, on the next that has some.
          </p>
          <p className="mt-2">{RELEASED[reason]}</p>
        </ConfirmDialog>
      ) : null}
    </>
  );
}
