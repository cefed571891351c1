// Asks what a column says that looks as if it told who has opted out: read as text, it would have people contacted.
import { useId } from "react";
import { Button } from "@/shared/ui/button";
import { type Column, OPT_OUT_ANSWERS, type Target } from "./model";

export function OptOutQuestion({
  column,
  onTarget,
  onNone,
}: {
  column: Column;
  onTarget: (target: Target) => void;
  onNone: () => void;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="rounded-panel border bg-warm-soft px-3.5 py-3 text-ink">
      <p id={id} className="font-medium [overflow-wrap:anywhere]">
        Does “{column.header}” say who has opted out?
      </p>
      <p className="text-ink-2 [overflow-wrap:anywhere]">
        Its first values are {column.samples.slice(0, 3).join(", ")}. Leads that have opted out are imported and never
        contacted.
      </p>
      <div className="mt-2 flex flex-wrap gap-2">
        {OPT_OUT_ANSWERS.map(({ target, word }) => (
          <Button key={target} onClick={() => onTarget(target)}>
            {word}
          </Button>
        ))}
        <Button kind="quiet" onClick={onNone}>
          No, it says something else
        </Button>
      </div>
    </section>
  );
}
