// The time of a follow-up: a usual morning or any other moment, and a note of what it is for.
import { useState } from "react";
import { Field, TextArea } from "@/shared/forms/field";
import { MomentChoices } from "@/shared/forms/moment-choices";
import { when } from "@/shared/lib/format";
import { mornings } from "@/shared/lib/morning";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";
import type { FollowUpProps } from "./follow-up";

const FURTHEST_DAYS = 730;

export function FollowUpDialog({
  open,
  onClose,
  at,
  rule,
  onSet,
}: FollowUpProps & { open: boolean; onClose: () => void }) {
  const [note, setNote] = useState("");
  const set = (value: string | null) => {
    onClose();
    onSet(value, value && note.trim() ? note.trim() : undefined);
    setNote("");
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Follow up"
      description={
        at
          ? `Scheduled for ${when(at)}${rule ? `. Set by rule: ${rule}` : ""}.`
          : "It becomes a task at that time, and the lead's owner is notified."
      }
    >
      <Field label="Note" help="Appears on the timeline." aside="optional" className="mb-3">
        <TextArea rows={2} maxLength={2000} value={note} onChange={(e) => setNote(e.target.value)} />
      </Field>
      <MomentChoices choices={mornings()} days={FURTHEST_DAYS} action="Schedule" onChoose={set} />
      {at ? (
        <Button kind="danger" className="mt-3" onClick={() => set(null)}>
          Remove follow-up
        </Button>
      ) : null}
    </Dialog>
  );
}
