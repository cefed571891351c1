// The self-check: the promised features, then every part, each with its state, what was found and what fixes it.
import { useQuery } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";
import { asProblem } from "@/api/errors";
import { useMay } from "@/app/auth/use-may";
import { clock, day, plural } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Empty, ErrorState, LoadingRows } from "@/shared/ui/states";
import { type SelfCheck, selfCheckQuery } from "./queries";
import { CheckRow, PromiseRow, StateWord } from "./self-check-rows";

const GROUPS: [SelfCheck["checks"][number]["group"], string][] = [
  ["address", "The public address"],
  ["storage", "Storage"],
  ["work", "Queues and schedules"],
  ["accounts", "Provider accounts"],
];

export function SelfCheckSection() {
  const may = useMay("owner");
  const query = useQuery({ ...selfCheckQuery, enabled: may });
  const refused = query.error && asProblem(query.error).status === 403;
  if (!may || refused)
    return (
      <Empty title="Not in this workspace">
        Only the owner of the workspace that installed leadflow can see this page.
      </Empty>
    );
  return (
    <div className="max-w-table p-6 max-lg:p-4">
      <Heading
        aside={
          <Button
            icon={<RotateCw size={14} aria-hidden="true" />}
            busy={query.isFetching}
            onClick={() => void query.refetch()}
          >
            Check again
          </Button>
        }
      >
        Installation health
      </Heading>
      <p role="status" className="pb-4 text-ink-2">
        {query.isFetching
          ? "Checking all parts at once. This takes a few seconds; a check that hangs is stopped after eight."
          : query.data
            ? `Checked ${day(query.data.checked_at).toLowerCase()} at ${clock(query.data.checked_at)}. Nothing was changed or sent.`
            : ""}
      </p>
      {query.error ? (
        <ErrorState
          className="!mx-0 !mt-0"
          what={query.data ? "The check did not finish" : "The self-check did not load"}
          error={query.error}
          retry={() => void query.refetch()}
        />
      ) : null}
      {query.data ? (
        <Report report={query.data} />
      ) : query.error ? null : (
        <LoadingRows label="Loading the self-check" />
      )}
      {query.isPending ? null : (
        <p className="pt-4 text-ink-2">
          The limit of functions that run at once is checked by <code>cargo xtask deploy --check</code>. If you cannot
          open this page, docs/TROUBLESHOOTING.md has a command that runs the same check without signing in.
        </p>
      )}
    </div>
  );
}

function Report({ report }: { report: SelfCheck }) {
  const { promises, checks } = report;
  return (
    <div className="space-y-6">
      <Verdict checks={checks} />
      <section aria-label="What works">
        <Heading>What works</Heading>
        <ul className="divide-y border-y">
          {promises.map((promise) => (
            <PromiseRow key={promise.promise} promise={promise} />
          ))}
        </ul>
      </section>
      {GROUPS.map(([group, title]) => {
        const ours = checks.filter((check) => check.group === group);
        return ours.length ? (
          <section key={group} aria-label={title}>
            <Heading>{title}</Heading>
            <ul className="divide-y border-y">
              {ours.map((check) => (
                <CheckRow key={check.id} check={check} />
              ))}
            </ul>
          </section>
        ) : null;
      })}
    </div>
  );
}

function Verdict({ checks }: { checks: SelfCheck["checks"] }) {
  const of = (state: string) => checks.filter((check) => check.state === state).length;
  const broken = of("broken");
  const warnings = of("warning");
  const told = [
    broken ? `${broken} of ${plural(checks.length, "part")} ${broken === 1 ? "is" : "are"} broken` : undefined,
    warnings ? `${warnings} need${warnings === 1 ? "s" : ""} attention` : undefined,
  ].filter(Boolean);
  return (
    <p className="flex flex-wrap items-center gap-2 text-title font-medium">
      <StateWord state={broken ? "broken" : warnings ? "warning" : "fine"} />
      {told.length ? `${told.join(", ")}.` : `All ${plural(checks.length, "part")} are fine.`}
    </p>
  );
}
