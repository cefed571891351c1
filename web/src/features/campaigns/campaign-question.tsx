// Asked before a campaign is launched, completed or archived: for how many people, and what speaks against it.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem } from "@/api/errors";
import type { CampaignView } from "@/api/types";
import { MissingConsent } from "@/app/parts/missing-consent";
import { MissingValues } from "@/app/parts/missing-values";
import { sequencesQuery } from "@/app/shared-queries";
import { plural } from "@/shared/lib/format";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { LaunchAccounts, useLaunchAccounts } from "./launch-accounts";
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
  onYes: () => void;
  onClose: () => void;
}) {
  const [accepted, setAccepted] = useState(false);
  const stats = useQuery(campaignStatsQuery(c.id)).data;
  const { enrolled = 0, in_flight = 0, held = 0 } = stats?.enrolments ?? {};
  const sequence = useQuery(sequencesQuery).data?.items.find((s) => s.id === c.sequence_id);
  // A step that sends has its channel's name; in a sequence that is not loaded, any step may send.
  const channels = sequence ? sequence.steps.map((s) => s.kind) : ["email", "sms", "whatsapp"];
  const launch = useLaunchAccounts(c, channels);
  const unheardStands = question === "launch" && launch.unheard.length > 0 && !accepted;
  return (
    <ConfirmDialog
      {...QUESTIONS[question](c.name, question === "launch" ? enrolled : in_flight + held)}
      kind={question === "launch" ? "primary" : "grave"}
      no="Cancel"
      busy={busy}
      blocked={question === "launch" && (launch.pending || unheardStands)}
      error={error}
      onYes={onYes}
      onClose={onClose}
    >
      {question === "launch" && (!sequence || sequence.steps.some((s) => s.kind === "email")) ? (
        <PostalAddress />
      ) : null}
      {question === "launch" ? (
        <LaunchAccounts accounts={launch.accounts} accepted={accepted} onAccepted={setAccepted} />
      ) : null}
      {question === "launch" ? <BeforeLaunch id={c.id} /> : null}
      {question !== "launch"
        ? in_flight + held
          ? `${people(in_flight + held)} still active: they stop where they are and get nothing more.`
          : "No leads are active. The numbers stay."
        : enrolled
          ? `${people(enrolled)} ${enrolled === 1 ? "starts" : "start"} at step 1 of version ${c.sequence_version}, each within the sending window in their own time. You can pause at any time.`
          : "Leads start at step 1, each within the sending window in their own time, also those you add later. Leads enrolled just now are counted after some seconds."}
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
        </>
      ) : query.error ? (
        <p className="text-bad-ink">Could not check for missing values: {asProblem(query.error).detail}</p>
      ) : (
        <p>Checking for missing values…</p>
      )}
    </div>
  );
}
