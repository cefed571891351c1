// The parts of a lead below its facts, which are fetched once the page is in use: what may be done with its addresses, its
// deals, and how it fits.
import { ContactRules } from "./contact-rules";
import { LeadDeals } from "./deals";
import { LeadFit } from "./lead-fit";
import type { LeadChanges, LeadDetail } from "./queries";

export function LeadParts({ lead, onChange }: { lead: LeadDetail; onChange?: (changes: LeadChanges) => void }) {
  return (
    <>
      <ContactRules lead={lead} onChange={onChange} />
      <LeadDeals lead={lead} may={!!onChange} />
      <LeadFit id={lead.id} rev={lead.rev} />
    </>
  );
}
