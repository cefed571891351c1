// The time of a scheduled message: a few usual moments, or any within ninety days.
import { Clock } from "lucide-react";
import { useState } from "react";
import { serverNow } from "@/api/clock";
import { MomentChoices } from "@/shared/forms/moment-choices";
import { morning } from "@/shared/lib/morning";
import { IconButton } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";

const FURTHEST_DAYS = 90;

/** Nine o'clock tomorrow, or on Monday if tomorrow is no working day, with a name. */
export function nextMorning(now: Date): [string, Date] {
  const next = morning(1, now);
  const tomorrow = next.getDay() === (now.getDay() + 1) % 7;
  return [tomorrow ? "Tomorrow morning" : "Monday morning", next];
}

export function SendLater({ disabled, onChoose }: { disabled: boolean; onChoose: (at: string) => void }) {
  const [open, setOpen] = useState(false);
  const choose = (at: string) => {
    setOpen(false);
    onChoose(at);
  };
  const anHour = new Date(Number(new Date(serverNow())) + 60 * 60_000);
  const choices: [string, Date][] = [
    ["In an hour", anHour],
    nextMorning(new Date(serverNow())),
    ["In three days", morning(3)],
    ["In a week", morning(7)],
  ];
  return (
    <>
      <IconButton label="Send later" disabled={disabled} onClick={() => setOpen(true)}>
        <Clock size={15} />
      </IconButton>
      <Dialog open={open} onClose={() => setOpen(false)} title="Send later" description="You can cancel it until then.">
        <MomentChoices choices={choices} days={FURTHEST_DAYS} action="Schedule" onChoose={choose} />
      </Dialog>
    </>
  );
}
