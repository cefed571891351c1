// The time of a scheduled message: a few usual moments, or any within ninety days.
import { Clock } from "lucide-react";
import { useState } from "react";
import { serverNow } from "@/api/clock";
import { Field, Input } from "@/shared/forms/field";
import { when } from "@/shared/lib/format";
import { morning } from "@/shared/lib/morning";
import { Button, IconButton } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";

const FURTHEST_MS = 90 * 24 * 60 * 60_000;

/** Reads the browser's date field as an instant. `undefined`: it holds no usable time. */
export function momentOf(local: string, now = serverNow()): string | undefined {
  const at = new Date(local).getTime();
  const ahead = at - Number(new Date(now));
  return ahead > 0 && ahead <= FURTHEST_MS ? new Date(at).toISOString() : undefined;
}

/** Nine o'clock tomorrow, or on Monday if tomorrow is no working day, with a name. */
export function nextMorning(now: Date): [string, Date] {
  const next = morning(1, now);
  const tomorrow = next.getDay() === (now.getDay() + 1) % 7;
  return [tomorrow ? "Tomorrow morning" : "Monday morning", next];
}

export function SendLater({ disabled, onChoose }: { disabled: boolean; onChoose: (at: string) => void }) {
  const [open, setOpen] = useState(false);
  const [own, setOwn] = useState("");
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
  const chosen = momentOf(own);
  return (
    <>
      <IconButton label="Send later" disabled={disabled} onClick={() => setOpen(true)}>
        <Clock size={15} />
      </IconButton>
      <Dialog open={open} onClose={() => setOpen(false)} title="Send later" description="You can cancel it until then.">
        <ul className="divide-y border-y">
          {choices.map(([label, moment]) => (
            <li key={label}>
              <Button
                kind="row"
                onClick={() => choose(moment.toISOString())}
                className="h-9 justify-between px-2 max-sm:h-11"
              >
                <span className="font-medium">{label}</span>
                <span className="text-ink-2">{when(moment)}</span>
              </Button>
            </li>
          ))}
        </ul>
        <form
          className="mt-3 flex items-end gap-2"
          onSubmit={(e) => {
            e.preventDefault();
            if (chosen) choose(chosen);
          }}
        >
          <Field label="Custom time">
            <Input type="datetime-local" value={own} onChange={(e) => setOwn(e.target.value)} />
          </Field>
          <Button type="submit" kind="primary" disabled={!chosen}>
            Schedule
          </Button>
        </form>
      </Dialog>
    </>
  );
}
