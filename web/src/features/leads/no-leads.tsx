// The list without a lead in it: why there is none, and what one can do.
import { Link } from "@tanstack/react-router";
import { Upload } from "lucide-react";
import type { ApiProblem } from "@/api/errors";
import { fieldWord } from "@/shared/lib/request-field";
import { Button, buttonStyle } from "@/shared/ui/button";
import { Empty } from "@/shared/ui/states";

export function NoLeads({
  why,
  q,
  own,
  onAll,
  onAdd,
}: {
  /** The view is gone, nothing matches, there is nothing at all, or what the server refuses in the filters. */
  why: "gone" | "filtered" | "none" | ApiProblem;
  /** The words that were searched for. */
  q?: string;
  /** Whether the user sees own leads only. */
  own?: boolean;
  onAll: () => void;
  /** Only for those who may add leads. */
  onAdd?: () => void;
}) {
  const all = <Button onClick={onAll}>Show all leads</Button>;
  switch (why) {
    case "gone":
      return (
        <Empty title="There is no such view" actions={all}>
          It was deleted, or it is private to someone else.
        </Empty>
      );
    case "filtered":
      return (
        <Empty title="No leads match these filters" actions={all}>
          {q ? `No results for “${q}” within these filters.` : "Remove one to see more."}
        </Empty>
      );
    case "none":
      return (
        <Empty
          title={own ? "No leads are yours yet" : "No leads yet"}
          actions={
            onAdd ? (
              <>
                <Link to="/import" className={buttonStyle({ kind: "primary" })}>
                  <Upload size={15} aria-hidden="true" /> Import a file
                </Link>
                <Button onClick={onAdd}>Add one by hand</Button>
              </>
            ) : undefined
          }
        >
          {own
            ? "You see the leads that you own. Ask an admin to give you some, import a file, or add one by hand."
            : onAdd
              ? "Import a CSV or JSON file, or add one by hand. Nothing is sent until you launch a campaign."
              : "Ask a rep to import or add leads."}
        </Empty>
      );
    default:
      return (
        <Empty title="These filters do not work" actions={all}>
          <Faults problem={why} />
        </Empty>
      );
  }
}

const PARTS: [part: RegExp, word: string][] = [
  [/^query\.segment/, "The segment"],
  [/^query\.rule/, "The advanced filter"],
  [/^query\.sort/, "The order"],
  [/^query\.columns/, "The columns"],
];

const wordOf = (field: string) =>
  PARTS.find(([part]) => part.test(field))?.[1] ?? fieldWord(field.replace(/^query\./, ""));

/** A segment that was deleted, a condition that cannot be tested. */
function Faults({ problem }: { problem: ApiProblem }) {
  return (
    <>
      {problem.errors.length
        ? problem.errors.map(({ field, detail }) => (
            <p key={field + detail} className="[overflow-wrap:anywhere]">
              {wordOf(field)} {detail}.
            </p>
          ))
        : problem.detail}
      <p>Nobody is selected. Remove the filter above, or change it.</p>
    </>
  );
}
