// What the server refuses in the list's filters: a segment that was deleted, a condition that cannot be tested.
import type { ApiProblem } from "@/api/errors";
import { fieldWord } from "@/shared/lib/labels";

const PARTS: [part: RegExp, word: string][] = [
  [/^query\.segment/, "The segment"],
  [/^query\.rule/, "The advanced filter"],
  [/^query\.sort/, "The order"],
  [/^query\.columns/, "The columns"],
];

const wordOf = (field: string) =>
  PARTS.find(([part]) => part.test(field))?.[1] ?? fieldWord(field.replace(/^query\./, ""));

export function ListFaults({ problem }: { problem: ApiProblem }) {
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
