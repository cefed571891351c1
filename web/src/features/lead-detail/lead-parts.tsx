// The parts of a lead below its facts, which are fetched once the page is in use: what was looked up of it, what may be done
// with its addresses, its deals, and how it fits.
import { Block } from "./block";
import { ContactRules } from "./contact-rules";
import { LeadDeals } from "./deals";
import { Enrichment } from "./enrichment";
import { LookUpAgain } from "./enrichment-actions";
import { LeadFit } from "./lead-fit";
import type { LeadChanges, LeadDetail } from "./queries";

export function LeadParts({ lead, onChange }: { lead: LeadDetail; onChange?: (changes: LeadChanges) => void }) {
  return (
    <>
      <Block title="Enrichment" aside={onChange ? <LookUpAgain lead={lead} /> : null}>
        <Enrichment lead={lead} may={!!onChange} />
      </Block>
      <ContactRules lead={lead} onChange={onChange} />
      <LeadDeals lead={lead} may={!!onChange} />
      <LeadFit id={lead.id} rev={lead.rev} />
    </>
  );
}
