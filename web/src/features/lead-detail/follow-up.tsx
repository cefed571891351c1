// The time of a follow-up, and the button that asks for it.
import { Bell } from "lucide-react";
import { useState } from "react";
import { when } from "@/shared/lib/format";
import { useKeys } from "@/shared/lib/keyboard";
import { Button } from "@/shared/ui/button";
import { later } from "@/shared/ui/later";

const FollowUpDialog = later(() => import("./follow-up-dialog").then((m) => m.FollowUpDialog));

export interface FollowUpProps {
  at?: string | null;
  /** The name of the rule that set the time, if one did. */
  rule?: string;
  /** `note`: what the follow-up is for, if anything was written. */
  onSet: (at: string | null, note?: string) => void;
}

export function FollowUp({ at, rule, onSet }: FollowUpProps) {
  const [open, setOpen] = useState(false);
  useKeys({ d: () => setOpen(true) });
  return (
    <>
      <Button icon={<Bell size={15} />} hint="D" onClick={() => setOpen(true)}>
        {at ? when(at) : "Follow-up"}
      </Button>
      <FollowUpDialog open={open} at={at} rule={rule} onSet={onSet} onClose={() => setOpen(false)} />
    </>
  );
}
