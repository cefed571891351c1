// The parts of a lead below its facts, which are fetched once the page is in use: its deals, and how it fits.
import { LeadDeals } from "./deals";
import { LeadFit } from "./lead-fit";
import type { LeadDetail } from "./queries";

export function LeadParts({ lead, may }: { lead: LeadDetail; may: boolean }) {
  return (
    <>
      <LeadDeals lead={lead} may={may} />
      <LeadFit id={lead.id} rev={lead.rev} />
    </>
  );
}
