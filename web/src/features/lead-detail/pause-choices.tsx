// The dialog that asks for how long a lead pauses.
import { asProblem } from "@/api/errors";
import { FormProblem } from "@/shared/forms/form-problem";
import { when } from "@/shared/lib/format";
import { morning } from "@/shared/lib/morning";
import { Button } from "@/shared/ui/button";
import { Dialog } from "@/shared/ui/dialog";

const CHOICES: [string, number][] = [
  ["For three days", 3],
  ["For a week", 7],
  ["For a month", 30],
];

export function PauseChoices({
  open,
  name,
  campaigns,
  busy,
  error,
  onPause,
  onSetTime,
  onClose,
}: {
  open: boolean;
  name: string;
  /** The campaigns in which it pauses. */
  campaigns: readonly string[];
  busy: boolean;
  error: unknown;
  /** Without a time it pauses until a user resumes it. */
  onPause: (until?: string) => void;
  onSetTime: () => void;
  onClose: () => void;
}) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={`Pause ${name}`}
      description={`In ${campaigns.join(", ")}: no messages and no tasks until then.`}
    >
      {error ? <FormProblem problem={asProblem(error)} /> : null}
      <ul className="divide-y border-y">
        <Choice label="Until resumed" busy={busy} onChoose={() => onPause()} />
        {CHOICES.map(([label, days]) => {
          const until = morning(days);
          return (
            <Choice
              key={label}
              label={label}
              note={when(until)}
              busy={busy}
              onChoose={() => onPause(until.toISOString())}
            />
          );
        })}
        <Choice label="Until a set time" busy={busy} onChoose={onSetTime} />
      </ul>
    </Dialog>
  );
}

function Choice({
  label,
  note,
  busy,
  onChoose,
}: {
  label: string;
  note?: string;
  busy: boolean;
  onChoose: () => void;
}) {
  return (
    <li>
      <Button kind="row" disabled={busy} onClick={onChoose} className="h-9 justify-between px-2 max-sm:h-11">
        <span className="font-medium">{label}</span>
        {note ? <span className="text-ink-2">{note}</span> : null}
      </Button>
    </li>
  );
}
