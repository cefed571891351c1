// What the lead has agreed to on each channel, and what the law or the workspace asks for there; recorded by hand.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schema } from "@/api/types";
import { civilDay, day } from "@/shared/lib/format";
import { CHANNEL_WORDS, CONSENT_WORDS } from "@/shared/lib/labels";
import { Button } from "@/shared/ui/button";
import { ErrorState, LoadingRows } from "@/shared/ui/states";
import { ConsentDialog } from "./consent-dialog";
import { type ChannelConsent, consentQuery, type LeadDetail } from "./queries";

type Recorded = Schema["ConsentView"];

const SOURCES: Record<Schema["ConsentSourceWord"], string> = {
  import: "from an import",
  api: "by a program",
  hand: "by hand",
};

const DAY = { day: "numeric", month: "short", year: "numeric" } as const;

/** "Written consent, 4 Mar 2026, by hand: Web form" */
export function recordedWords(recorded: Recorded): string {
  const told = `${CONSENT_WORDS[recorded.basis]}, ${civilDay(recorded.on, DAY)}, ${SOURCES[recorded.source]}`;
  return recorded.note ? `${told}: ${recorded.note}` : told;
}

export function ConsentFacts({ lead, may }: { lead: LeadDetail; may: boolean }) {
  const query = useQuery(consentQuery(lead.id));
  const [recording, setRecording] = useState<ChannelConsent>();
  if (!query.data)
    return query.error ? (
      <ErrorState
        what="The consent could not be loaded"
        error={query.error}
        retry={() => void query.refetch()}
        className="!m-0"
      />
    ) : (
      <LoadingRows rows={3} label="Loading the consent" />
    );
  return (
    <>
      <ul aria-label="Consent by channel" className="divide-y">
        {query.data.channels.map((consent) => (
          <li key={consent.channel} className="flex items-start gap-3 py-1.5">
            <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
              <div className="font-medium">{CHANNEL_WORDS[consent.channel]}</div>
              <ConsentState consent={consent} />
            </div>
            {may ? (
              <Button
                size="sm"
                aria-label={`${consent.recorded ? "Change" : "Record"} consent for ${CHANNEL_WORDS[consent.channel]}`}
                onClick={() => setRecording(consent)}
              >
                {consent.recorded ? "Change" : "Record"}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {recording ? <ConsentDialog lead={lead} consent={recording} onClose={() => setRecording(undefined)} /> : null}
    </>
  );
}

function ConsentState({ consent: { allowed, needed, recorded } }: { consent: ChannelConsent }) {
  return (
    <>
      <p className="text-ink-2">{recorded ? recordedWords(recorded) : "None recorded"}</p>
      {recorded?.withdrawn_at ? <p className="text-bad-ink">Withdrawn {day(recorded.withdrawn_at)}</p> : null}
      {allowed || !needed ? null : (
        <p className="text-meta text-warm-ink">Campaigns hold the lead here: {needed.rule}.</p>
      )}
    </>
  );
}
