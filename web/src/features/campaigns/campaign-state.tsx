// A campaign's state in a word, and why nothing goes out though it is active.
import type { ReactNode } from "react";
import type { CampaignView } from "@/api/types";
import { useStanding, waitOfCampaign } from "@/app/pause/waits";
import { CAMPAIGN_WORDS } from "@/shared/lib/labels";
import { State } from "@/shared/ui/badge";

export function CampaignState({ campaign: c, since }: { campaign: CampaignView; since?: ReactNode }) {
  const wait = waitOfCampaign(useStanding(), c);
  return (
    <State tone={wait ? "held" : (CAMPAIGN_WORDS[c.state]?.tone ?? "open")} className="max-sm:whitespace-normal">
      {CAMPAIGN_WORDS[c.state].word}
      {since}
      {wait ? `, waits: ${wait}` : ""}
    </State>
  );
}
