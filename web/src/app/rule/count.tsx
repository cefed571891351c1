// The number of leads that a rule selects while one edits it, with the first of them.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { asProblem, type FieldProblem } from "@/api/errors";
import type { Schema } from "@/api/types";
import { Heat } from "@/app/parts/heat";
import { plural } from "@/shared/lib/format";
import { useDelayed } from "@/shared/lib/hooks";
import { fieldWord } from "@/shared/lib/request-field";

const WAIT_MS = 300;
const FRESH_MS = 30_000;

export interface SegmentCount {
  total?: number;
  sample: readonly {
    id: string;
    name: string;
    company?: string | null;
    score: number;
    temperature: "hot" | "warm" | "cold";
  }[];
  /** Whether the number is still the one of an earlier rule. */
  isOld: boolean;
  /** What the server refuses in this very rule. */
  errors: readonly FieldProblem[];
  failed?: string;
  retry: () => void;
}

/** Counts the leads of a rule; nothing is asked while the rule is incomplete. */
export function useSegmentCount(body: Schema["SegmentCountRequest"] | undefined): SegmentCount {
  const now = body ? JSON.stringify(body) : "";
  const asked = useDelayed(now, WAIT_MS);
  const query = useQuery({
    // An answer belongs to the rule that it was asked for, in whatever order answers come.
    queryKey: ["segments", "count", asked],
    enabled: !!asked && !!now,
    queryFn: ({ signal }) =>
      unwrap(client.POST("/api/segments/count", { body: JSON.parse(asked) as Schema["SegmentCountRequest"], signal })),
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
    retry: false,
  });
  const isOld = asked !== now || query.isPlaceholderData || query.isFetching;
  const problem = query.error && !isOld ? asProblem(query.error) : undefined;
  return {
    total: now ? query.data?.total : undefined,
    sample: now ? (query.data?.sample ?? []) : [],
    isOld,
    errors: problem?.status === 422 ? problem.errors : [],
    failed: problem && problem.status !== 422 ? problem.detail : undefined,
    retry: () => void query.refetch(),
  };
}

/** What is refused besides the rule: the filters that the list has too. */
function elsewhere(errors: readonly FieldProblem[]): string | undefined {
  const other = errors.find(({ field }) => !/^rule\b/.test(field));
  return other && `${fieldWord(other.field.replace(/^filter\./, "")).toLowerCase()} ${other.detail}`;
}

export function CountPart({ count, isComplete, what }: { count: SegmentCount; isComplete: boolean; what: string }) {
  const said = !isComplete
    ? "Complete the conditions to count the leads."
    : count.total !== undefined
      ? plural(count.total, "lead")
      : count.errors.length
        ? `Not counted: ${elsewhere(count.errors) ?? "a condition is refused"}.`
        : count.failed
          ? `Could not count the leads. ${count.failed}`
          : "Counting…";
  return (
    <section aria-label={what} className="border-t pt-3">
      <p role="status" className={isComplete && count.total !== undefined ? "font-medium" : "text-ink-2"}>
        {said}
        {isComplete && count.isOld && count.total !== undefined ? (
          <span className="ml-2 font-normal text-ink-3">counting…</span>
        ) : null}
      </p>
      {isComplete && count.sample.length ? (
        <ul aria-label="Some of them" className="mt-1">
          {count.sample.map((lead) => (
            <li key={lead.id} className="flex h-7 items-center gap-2">
              <span className="truncate">{lead.name}</span>
              <span className="min-w-0 flex-1 truncate text-ink-2">{lead.company}</span>
              <Heat score={lead.score} temperature={lead.temperature} />
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}
