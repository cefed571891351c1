// The campaigns in which leads are held for one reason, and the button that releases those of one campaign.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { campaignsQuery } from "@/app/enrol/queries";
import { LetAllGo, mayBeReleased } from "@/app/pause/let-all-go";
import { plural } from "@/shared/lib/format";

interface Held {
  campaign_id: string;
  campaign_name: string;
  hold_reason?: string | null;
}

/** `people`: the held leads in the order of their campaigns; `more`: the last of these campaigns may hold others. */
export function HeldCampaigns({ people, reason, more }: { people: Held[]; reason: string; more: boolean }) {
  const campaigns = useQuery(campaignsQuery).data?.items;
  if (!mayBeReleased(reason)) return null;
  const held = new Map<string, Held[]>();
  for (const one of people) {
    if (one.hold_reason === reason) held.set(one.campaign_id, [...(held.get(one.campaign_id) ?? []), one]);
  }
  const last = people.at(-1)?.campaign_id;
  const sends = (id: string) => (campaigns?.find((c) => c.id === id)?.state ?? "active") === "active";
  if (!held.size) return null;
  return (
    <ul aria-label="Held, by campaign" className="mb-2 max-w-text divide-y border-y">
      {[...held].map(([id, of]) => (
        <li key={`${reason} ${id}`} className="flex min-h-9 flex-wrap items-center gap-x-2 py-1">
          <Link to="/campaigns/$id" params={{ id }} search={{ state: "held" }} className="hover:underline">
            {of[0]?.campaign_name}
          </Link>
          <span className="text-ink-3">
            {more && id === last ? "at least " : ""}
            {plural(of.length, "lead")}
          </span>
          <span className="ml-auto">
            {sends(id) ? (
              <LetAllGo
                campaign={{ id, name: of[0]?.campaign_name ?? "" }}
                reason={reason}
                people={of.length}
                more={more && id === last}
              />
            ) : (
              <span className="text-ink-2">Campaign paused</span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
