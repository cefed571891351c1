// The runs so far: what each came to, and what it cost.
import { useQuery } from "@tanstack/react-query";
import { teamQuery } from "@/app/shared-queries";
import { Scroll } from "@/app/shell/page";
import { count, when } from "@/shared/lib/format";
import { dollars } from "@/shared/lib/spend";
import { Button } from "@/shared/ui/button";
import { Empty, Loaded, Together } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import type { ColumnsSearch } from "./columns-page";
import { allOutcomes, type ColumnView, outcomeWords, RUN_WORDS, type RunView } from "./model";
import type { useRun } from "./queries";
import { searchOfRun } from "./run-search";

export function Runs({
  runs,
  columns,
  onShow,
}: {
  runs: ReturnType<typeof useRun>["runs"];
  columns: ColumnView[];
  onShow: (search: ColumnsSearch) => void;
}) {
  const members = useQuery(teamQuery);
  const team = members.data?.items ?? [];
  const names = (run: RunView) =>
    run.columns.map((id) => columns.find((column) => column.id === id)?.name ?? "a deleted column").join(", ");
  const by = ({ started_by: who }: RunView) =>
    who ? (team.find((member) => member.id === who)?.name ?? "A program") : "By itself";
  return (
    <Scroll>
      <Together queries={[runs, members]} what="Runs">
        <Loaded query={runs} what="Runs">
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="No run yet">
                A run fills columns for many leads. What each came to and what it cost is listed here.
              </Empty>
            ) : (
              <Table
                edge="page"
                caption="Runs, the newest first"
                scrolls="Runs"
                head={
                  <>
                    <Th>Started</Th>
                    <Th>Columns</Th>
                    <Th>State</Th>
                    <Th end>Rows</Th>
                    <Th>Results</Th>
                    <Th end>Cost</Th>
                    <Th>By</Th>
                    <Th>
                      <span className="sr-only">Actions</span>
                    </Th>
                  </>
                }
              >
                {items.map((run) => {
                  const outcomes = allOutcomes(run);
                  const failed = (outcomes.failed ?? 0) + (outcomes.answer_lost ?? 0);
                  return (
                    <Row key={run.id} size="lg">
                      <Th scope="row" className="whitespace-nowrap font-medium">
                        {when(run.started_at)}
                      </Th>
                      <Td className="max-w-52 truncate" title={names(run)}>
                        {names(run)}
                      </Td>
                      <Td className="whitespace-nowrap">{RUN_WORDS[run.state]}</Td>
                      <Td end className="whitespace-nowrap">
                        {count(run.done)} of {count(run.total)}
                      </Td>
                      <Td className="min-w-44 text-ink-2">{outcomeWords(outcomes)}</Td>
                      <Td end className="whitespace-nowrap">
                        {run.spent ? dollars(run.spent) : "–"}
                        {typeof run.cap === "number" ? (
                          <span className="text-ink-3"> of {dollars(run.cap)}</span>
                        ) : null}
                      </Td>
                      <Td className="whitespace-nowrap text-ink-2">{by(run)}</Td>
                      <Td end className="whitespace-nowrap">
                        {failed ? (
                          <Button
                            kind="link"
                            size="sm"
                            aria-label={`${count(failed)} failed, run of ${when(run.started_at)}`}
                            onClick={() => onShow({ ...searchOfRun(run), run: run.id, only: "failed" })}
                          >
                            {count(failed)} failed
                          </Button>
                        ) : null}
                        <Button
                          kind="link"
                          size="sm"
                          aria-label={`Show, run of ${when(run.started_at)}`}
                          onClick={() => onShow({ ...searchOfRun(run), run: run.id })}
                        >
                          Show
                        </Button>
                      </Td>
                    </Row>
                  );
                })}
              </Table>
            )
          }
        </Loaded>
      </Together>
    </Scroll>
  );
}
