// When to come back to somebody: a few usual moments, nine in the morning of the reader's own day.

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
        description={at ? `Planned ${when(at)}.` : "Nothing is planned yet."}
      >
        <ul className="divide-y border-y">
          {CHOICES.map(([label, days]) => {
            const moment = morning(days);
            return (
              <li key={label}>
                <button
                  type="button"
                  onClick={() => set(moment.toISOString())}
                  className="flex h-9 w-full items-center justify-between px-2 hover:bg-sunken max-sm:h-11"
                >
                  <span className="font-medium">{label}</span>
                  <span className="text-ink-2">{when(moment)}</span>
                </button>
              </li>
            );
          })}
          {at ? (
            <li>
              <button
                type="button"
                onClick={() => set(null)}
                className="flex h-9 w-full items-center px-2 text-bad-ink hover:bg-sunken max-sm:h-11"
              >
                No follow-up
              </button>
            </li>
          ) : null}
        </ul>
      </Dialog>
    </>
  );
}
