// The dialog that adds leads by filter, with the count before anything happens.
import { useState } from "react";
import { EnrolDialog } from "@/app/enrol/enrol-dialog";
import { plural } from "@/shared/lib/format";
import { useDelayed } from "@/shared/lib/hooks";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import { type Choice, filterOf, LeadChoice, totalOf, useMatching } from "./lead-choice";

export function AddPeople({
  open,
  onClose,
  campaign,
}: {
  open: boolean;
  onClose: () => void;
  campaign: { id: string; name: string };
}) {
  const [choice, setChoice] = useState<Choice>({ status: "new", tag: "", country: "", q: "" });
  const [confirming, setConfirming] = useState(false);
  const chosen = filterOf(useDelayed(choice, 250));
  const matching = useMatching(chosen, open);
  const total = totalOf(matching);
  return (
    <>
      <Dialog
        open={open && !confirming}
        onClose={onClose}
        title={`Add leads to ${campaign.name}`}
        description="Leads who asked not to be contacted are always left out."
        footer={
          <>
            <Button kind="primary" disabled={total === 0} onClick={() => setConfirming(true)}>
              Add {plural(total, "person", "people")}
            </Button>
            <Button kind="quiet" onClick={onClose}>
              Cancel
            </Button>
          </>
        }
      >
        <LeadChoice choice={choice} onChoice={setChoice} matching={matching} />
      </Dialog>
      <EnrolDialog
        open={open && confirming}
        onClose={() => {
          setConfirming(false);
          onClose();
        }}
        count={total}
        whom={{ filter: chosen, except: [], expected_count: total }}
        campaign={campaign}
      />
    </>
  );
}
