// Rows with a problem: line, field, reason; all of them as a CSV.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { download } from "@/api/download";
import { count, words } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Loaded } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { toastProblem } from "@/shared/ui/toast";
import type { ImportView } from "./model";
import { problemsQuery } from "./queries";

export function Problems({ view }: { view: ImportView }) {
  const query = useInfiniteQuery(problemsQuery(view.id));
  const name = `${view.file_name.replace(/\.[^.]+$/, "")}-rejected.csv`;
  return (
    <section aria-label="Rows to review" className="min-w-0">
      <Heading
        note={count(view.counts.rejected + view.counts.warnings)}
        aside={
          view.counts.rejected > 0 && view.state === "done" ? (
            <Button
              size="sm"
              icon={<Download size={14} />}
              onClick={() =>
                void download(`/api/imports/${view.id}/problems.csv`, name).catch((e) =>
                  toastProblem("Could not download the file", e),
                )
              }
            >
              Rejected rows as CSV
            </Button>
          ) : undefined
        }
      >
        Rows to review
      </Heading>
      <Loaded query={query} what="These rows">
        {({ pages }) =>
          pages[0]?.items.length === 0 ? (
            <p className="text-ink-2">No problems found.</p>
          ) : (
            <>
              <Table
                scrolls="Table"
                head={
                  <>
                    <Th end>Line</Th>
                    <Th>Field</Th>
                    <Th>Reason</Th>
                  </>
                }
              >
                {pages
                  .flatMap((page) => page.items)
                  .map((p) => (
                    <Row key={`${p.line}-${p.field}`} className="align-top" size="sm">
                      <Td end className="py-1.5">
                        {count(p.line)}
                      </Td>
                      <Td className="py-1.5 text-ink-2 sm:whitespace-nowrap">{words(p.field)}</Td>
                      <Td className="py-1.5">{p.reason}</Td>
                    </Row>
                  ))}
              </Table>
              {query.hasNextPage ? (
                <Button className="mt-2" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  Show more
                </Button>
              ) : null}
            </>
          )
        }
      </Loaded>
    </section>
  );
}
