// The time of a scheduled message: a few usual moments, or any within ninety days.
import { Clock } from "lucide-react";
import { useState } from "react";
import { serverNow } from "@/api/clock";
import { MomentChoices } from "@/shared/forms/moment-choices";
import { mornings } from "@/shared/lib/morning";
import { IconButton } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";

const FURTHEST_DAYS = 90;

/** An hour from `now`, and the mornings of the coming week, none of them twice. */
export function usualMoments(now: Date): [string, Date][] {
  const anHour = new Date(Number(now) + 60 * 60_000);
  return [["In an hour", anHour], ...mornings(now).filter(([word]) => word !== "In a month")];
}

export function SendLater({ disabled, onChoose }: { disabled: boolean; onChoose: (at: string) => void }) {
  const [open, setOpen] = useState(false);
  const choose = (at: string) => {
    setOpen(false);
    onChoose(at);
  };
  return (
    <>
      <IconButton label="Send later" disabled={disabled} onClick={() => setOpen(true)}>
        <Clock size={15} />
      </IconButton>
      <Dialog open={open} onClose={() => setOpen(false)} title="Send later" description="You can cancel it until then.">
        <MomentChoices
          choices={usualMoments(new Date(serverNow()))}
          days={FURTHEST_DAYS}
          action="Schedule"
          onChoose={choose}
        />
      </Dialog>
    </>
  );
}
