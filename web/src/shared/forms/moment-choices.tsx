// A moment: one of a few usual ones, or any other.
import { useState } from "react";
import { serverNow } from "@/api/clock";
import { when } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Field, Input } from "./field";

/** Reads the browser's date field as an instant within so many days. `undefined`: it holds no usable time. */
export function momentOf(local: string, days: number, now = serverNow()): string | undefined {
  const at = new Date(local).getTime();
  const ahead = at - Number(new Date(now));
  return ahead > 0 && ahead <= days * 24 * 60 * 60_000 ? new Date(at).toISOString() : undefined;
}

export function MomentChoices({
  choices,
  days,
  action,
  onChoose,
}: {
  choices: readonly [string, Date][];
  /** How far ahead another moment may be. */
  days: number;
  /** The word of the button for another moment. */
  action: string;
  onChoose: (at: string) => void;
}) {
  const [own, setOwn] = useState("");
  const chosen = momentOf(own, days);
  return (
    <>
      <ul className="divide-y border-y">
        {choices.map(([label, moment]) => (
          <li key={label}>
            <Button
              kind="row"
              onClick={() => onChoose(moment.toISOString())}
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
          if (chosen) onChoose(chosen);
        }}
      >
        <Field label="Custom time">
          <Input type="datetime-local" value={own} onChange={(e) => setOwn(e.target.value)} />
        </Field>
        <Button type="submit" kind="primary" disabled={!chosen}>
          {action}
        </Button>
      </form>
    </>
  );
}
