// Asked before a campaign is launched, completed or archived: for how many people, and what speaks against it.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem } from "@/api/errors";
import type { CampaignView } from "@/api/types";
import { type FirstMessage, launchCheckQuery } from "@/app/launch/first-message";
import { MissingConsent } from "@/app/parts/missing-consent";
import { MissingValues } from "@/app/parts/missing-values";
import { UnknownZones } from "@/app/parts/unknown-zones";
import { useStanding, waitOf } from "@/app/pause/waits";
import { sequencesQuery } from "@/app/shared-queries";
import { plural } from "@/shared/lib/format";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { LaunchAccounts, useLaunchAccounts } from "./launch-accounts";
import { FirstMessageLine, LaunchFaults } from "./launch-check";
import { PostalAddress } from "./postal-address";
import { campaignStatsQuery, missingValuesQuery } from "./queries";

/** Moves that need a confirmation first. */
export type Question = "launch" | "complete" | "archive";

const people = (n: number) => plural(n, "lead");

const QUESTIONS: Record<Question, (name: string, n: number) => { title: string; yes: string }> = {
  launch: (name, n) => ({ title: `Launch ${name}?`, yes: n ? `Launch for ${people(n)}` : "Launch" }),
  complete: (name, n) => ({ title: `Complete ${name}?`, yes: n ? `Complete for ${people(n)}` : "Complete" }),
  archive: (name, n) => ({ title: `Archive ${name}?`, yes: n ? `Archive for ${people(n)}` : "Archive" }),
};

export function CampaignQuestion({
  campaign: c,
  question,
  busy,
  error,
  onYes,
  onClose,
}: {
  campaign: CampaignView;
  question: Question;
  busy: boolean;
  error: unknown;
  /** `first`: the first message of the campaign that is launched, as far as it is known. */
  onYes: (first?: FirstMessage) => void;
  onClose: () => void;
}) {
  const [accepted, setAccepted] = useState(false);
  const stats = useQuery(campaignStatsQuery(c.id)).data;
  const { enrolled = 0, in_flight = 0, held = 0 } = stats?.enrolments ?? {};
  const sequence = useQuery(sequencesQuery).data?.items.find((s) => s.id === c.sequence_id);
  // A step that sends has its channel's name; in a sequence that is not loaded, any step may send.
  const channels = sequence ? sequence.steps.map((s) => s.kind) : ["email", "sms", "whatsapp"];
  const launch = useLaunchAccounts(c, channels);
  const launches = question === "launch";
  const unheardStands = launches && launch.unheard.length > 0 && !accepted;
  const check = useQuery({ ...launchCheckQuery(c.id), enabled: launches });
  const standing = useStanding();
  const faults = check.data?.faults ?? [];
  const cannotYet = launch.pending || unheardStands || check.isPending || faults.length > 0;
  return (
    <ConfirmDialog
      {...QUESTIONS[question](c.name, question === "launch" ? enrolled : in_flight + held)}
      kind={question === "launch" ? "primary" : "grave"}
      no="Cancel"
      busy={busy}
      blocked={launches && cannotYet}
      error={error}
      onYes={() => onYes(check.data?.first ?? undefined)}
      onClose={onClose}
    >
      {launches ? (
        <>
          {!sequence || sequence.steps.some((s) => s.kind === "email") ? <PostalAddress /> : null}
          <LaunchFaults faults={faults.filter(({ field }) => field !== "company.postal_address")} />
          <LaunchAccounts accounts={launch.accounts} accepted={accepted} onAccepted={setAccepted} />
          <BeforeLaunch id={c.id} />
        </>
      ) : null}
      {question !== "launch"
        ? in_flight + held
          ? `${people(in_flight + held)} still active: they stop where they are and get nothing more.`
          : "No leads are active. The numbers stay."
        : enrolled
          ? `${people(enrolled)} ${enrolled === 1 ? "starts" : "start"} at step 1 of version ${c.sequence_version}, within the sending window by each lead's clock. You can pause at any time.`
          : "Leads start at step 1, within the sending window by each lead's clock, also those you add later. Leads enrolled just now are counted after some seconds."}
      {launches ? (
        <div aria-live="polite" className="mt-2">
          <FirstMessageLine check={check.data} error={check.error} wait={waitOf(standing)} />
        </div>
      ) : null}
    </ConfirmDialog>
  );
}

/** The leads that the version to be launched would hold: it may use more values than when they were enrolled. */
function BeforeLaunch({ id }: { id: string }) {
  const query = useQuery(missingValuesQuery(id));
  const told = query.data;
  return (
    <div aria-live="polite" className="mb-2 empty:hidden">
      {told ? (
        <>
          <MissingValues
            people={told.people}
            lookedAt={told.looked_at}
            more={!!told.next_cursor}
            fields={told.fields}
          />
          <MissingConsent rows={told.without_consent} lookedAt={told.looked_at} more={!!told.next_cursor} />
          <UnknownZones
            people={told.zone_unknown}
            held={told.without_hours}
            lookedAt={told.looked_at}
            more={!!told.next_cursor}
          />
        </>
      ) : query.error ? (
        <p className="text-bad-ink">Could not check for missing values: {asProblem(query.error).detail}</p>
      ) : (
        <p>Checking for missing values…</p>
      )}
    </div>
  );
}
