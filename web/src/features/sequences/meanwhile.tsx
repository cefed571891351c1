// Another user saved the sequence while it was edited here: shows their changes, and asks which draft to keep.
import { when } from "@/shared/lib/format";
import { weekWords } from "@/shared/lib/week";
import { Button } from "@/shared/ui/button";
import { type SequenceView, stepTitle } from "./model";

export function Meanwhile({
  theirs,
  onTake,
  onKeep,
}: {
  theirs: SequenceView;
  onTake: () => void;
  onKeep: () => void;
}) {
  return (
    <div role="alert" className="rounded-control bg-warm-soft px-3 py-2 text-warm-ink">
      <p>
        <strong className="font-medium">Someone else changed this.</strong> Version {theirs.version} was saved{" "}
        {when(theirs.updated_at)}; your changes are kept.
      </p>
      <details className="my-1">
        <summary className="min-h-6 cursor-pointer">Show their version</summary>
        <p>
          {theirs.name}, {weekWords(theirs.window)}
        </p>
        <ol className="list-decimal pl-5">
          {theirs.steps.map((step, i) => (
            <li key={step.id}>{stepTitle(step, i)}</li>
          ))}
        </ol>
      </details>
      <div className="flex flex-wrap gap-2">
        <Button size="sm" onClick={onTake}>
          Use theirs
        </Button>
        <Button size="sm" onClick={onKeep}>
          Keep mine
        </Button>
      </div>
    </div>
  );
}
