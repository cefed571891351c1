// The time of a follow-up: a few usual moments, at nine in the reader's own morning.
import { Bell } from "lucide-react";
import { useState } from "react";
import { when } from "@/shared/lib/format";
import { useKeys } from "@/shared/lib/keyboard";
import { morning } from "@/shared/lib/morning";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";

const CHOICES: [string, number][] = [
  ["Tomorrow", 1],
  ["In three days", 3],
  ["In a week", 7],
  ["In a month", 30],
];

export function FollowUp({ at, onSet }: { at?: string | null; onSet: (at: string | null) => void }) {
  const [open, setOpen] = useState(false);
  useKeys({ d: () => setOpen(true) });
  const set = (value: string | null) => {
    setOpen(false);
    onSet(value);
  };
  return (
    <>
      <Button icon={<Bell size={15} />} hint="D" onClick={() => setOpen(true)}>
        {at ? when(at) : "Follow-up"}
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title="Follow up"
        description={at ? `Scheduled for ${when(at)}.` : "No follow-up scheduled."}
      >
        <ul className="divide-y border-y">
          {CHOICES.map(([label, days]) => {
            const moment = morning(days);
            return (
              <li key={label}>
                <Button
                  kind="row"
                  onClick={() => set(moment.toISOString())}
                  className="h-9 justify-between px-2 max-sm:h-11"
                >
                  <span className="font-medium">{label}</span>
                  <span className="text-ink-2">{when(moment)}</span>
                </Button>
              </li>
            );
          })}
          {at ? (
            <li>
              <Button kind="row" onClick={() => set(null)} className="h-9 px-2 text-bad-ink max-sm:h-11">
                Remove follow-up
              </Button>
            </li>
          ) : null}
        </ul>
      </Dialog>
    </>
  );
}
