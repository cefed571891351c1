// Which opens and clicks of a campaign's mails to the lead count, and why others do not.
import type { Schema } from "@/api/types";
import { verdictWords } from "@/app/timeline/format";
import { plural } from "@/shared/lib/format";

type Tracking = Schema["TrackingWhy"];

const OFF: Record<Schema["TrackingOff"], string> = {
  workspace: "off in this workspace",
  campaign: "off in this campaign",
  country: "off for leads in this country",
  lead: "off for this lead",
  consent: "the law in the lead's country asks for a consent that is not recorded",
};

/** "Opens and clicks are not tracked: off for this lead." */
export function trackedWords({ opens_off: opens, clicks_off: clicks }: Tracking): string[] {
  if (!opens && !clicks) return ["Opens and clicks are tracked, and count if a person made them."];
  if (opens && opens === clicks) return [`Opens and clicks are not tracked: ${OFF[opens]}.`];
  const part = (what: string, off?: Schema["TrackingOff"] | null) =>
    off ? `${what} are not tracked: ${OFF[off]}.` : `${what} are tracked.`;
  return [part("Opens", opens), part("Clicks", clicks)];
}

export function TrackingWhy({ tracking }: { tracking: Tracking }) {
  return (
    <ul aria-label="Tracking" className="mt-2 text-meta text-ink-2">
      {trackedWords(tracking).map((line) => (
        <li key={line}>{line}</li>
      ))}
      {tracking.left_out.map((one) => (
        <li key={`${one.what}${one.verdict}${one.rule}${one.named}`}>
          {plural(one.count, one.what)}: {verdictWords(one)?.replace(/^[BN]/, (first) => first.toLowerCase())}
        </li>
      ))}
    </ul>
  );
}
