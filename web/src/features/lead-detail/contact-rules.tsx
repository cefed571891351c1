// What may be done with a lead's addresses: the consent of each channel, and whether visits are tracked.
import { useQuery } from "@tanstack/react-query";
import { serverNow } from "@/api/clock";
import type { Schema } from "@/api/types";
import { settingsQuery } from "@/app/shell/queries";
import { countryName } from "@/shared/lib/country-name";
import { isoDay } from "@/shared/lib/format";
import { Switch } from "@/shared/ui/switch";
import { Block } from "./block";
import { ConsentFacts } from "./consent";
import type { LeadChanges, LeadDetail } from "./queries";

export function ContactRules({ lead, onChange }: { lead: LeadDetail; onChange?: (changes: LeadChanges) => void }) {
  return (
    <>
      <Block title="Consent">
        <ConsentFacts lead={lead} may={!!onChange} />
      </Block>
      <Block title="Tracking">
        <TrackedElsewhere country={lead.country} />
        <Switch
          checked={!lead.do_not_track}
          disabled={!onChange}
          onValue={(on) => onChange?.({ do_not_track: !on })}
          label="Track this lead"
          note={
            lead.do_not_track
              ? "Mails have no pixel and no rewritten links, and visits are not recorded."
              : "Opens, clicks and visits, as far as workspace, campaign and country allow it."
          }
        />
        {lead.tracking_needs_consent ? (
          <Switch
            checked={!!lead.tracking_consent}
            disabled={!onChange}
            onValue={(on) => onChange?.({ tracking_consent: on ? isoDay(serverNow(), "UTC") : null })}
            label="The lead agreed to be tracked"
            note={
              lead.tracking_consent
                ? `Recorded ${lead.tracking_consent}.`
                : "The law in the lead's country asks for this consent. Without it opens and clicks are not tracked."
            }
          />
        ) : null}
      </Block>
    </>
  );
}

/** What switches tracking off for leads of this country, whatever their own switch says; nothing if they are tracked. */
export function trackingOff(
  tracking: Pick<Schema["TrackingView"], "opens" | "clicks" | "countries_off"> | undefined,
  country?: string | null,
): string | undefined {
  if (!tracking) return undefined;
  if (!tracking.opens && !tracking.clicks) return "Tracking is off in this workspace.";
  return country && tracking.countries_off.includes(country)
    ? `This workspace tracks no leads in ${countryName(country)}.`
    : undefined;
}

function TrackedElsewhere({ country }: { country?: string | null }) {
  const off = trackingOff(useQuery(settingsQuery).data?.tracking, country);
  return off ? <p className="pb-1 text-ink-2">{off}</p> : null;
}
