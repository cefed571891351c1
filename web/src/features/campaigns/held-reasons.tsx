// Why leads of a campaign are held, how many for each reason, and the button that releases them.
import { useQuery } from "@tanstack/react-query";
import type { CampaignView, Schema } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { LetAllGo, mayBeReleased } from "@/app/pause/let-all-go";
import { plural } from "@/shared/lib/format";
import { HOLD_WORDS } from "@/shared/lib/labels";
import { heldQuery } from "./queries";

export function HeldReasons({ campaign }: { campaign: CampaignView }) {
  const may = useMay("rep");
  const page = useQuery(heldQuery(campaign.id)).data;
  if (!page?.items.length) return null;
  const held = new Map<Schema["HoldReason"], number>();
  for (const { hold_reason } of page.items) if (hold_reason) held.set(hold_reason, (held.get(hold_reason) ?? 0) + 1);
  const more = !!page.next_cursor;
  return (
    <ul aria-label="Held, by reason" className="mx-6 mb-2 max-w-text shrink-0 divide-y border-y max-lg:mx-4">
      {[...held].map(([reason, people]) => (
        <li key={reason} className="flex min-h-9 flex-wrap items-center gap-x-2 py-1">
          <span>{HOLD_WORDS[reason]}</span>
          <span className="text-ink-3">
            {more ? "at least " : ""}
            {plural(people, "lead")}
          </span>
          {may && campaign.state === "active" && mayBeReleased(reason) ? (
            <span className="ml-auto">
              <LetAllGo campaign={campaign} reason={reason} people={people} more={more} />
            </span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
