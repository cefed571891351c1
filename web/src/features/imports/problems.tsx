// Rows with something amiss: line, field, reason; all of them as a CSV.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { download } from "@/api/download";
import { count, words } from "@/shared/lib/format";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Loaded } from "@/shared/ui/states";
import { toastProblem } from "@/shared/ui/toast";
import type { ImportView } from "./model";
import { problemsQuery } from "./queries";

export function Problems({ view }: { view: ImportView }) {
  const query = useInfiniteQuery(problemsQuery(view.id));
  const name = `${view.file_name.replace(/\.[^.]+$/, "")}-rejected.csv`;
  return (
    <section aria-label="Rows to look at" className="min-w-0">
      <Heading
        note={count(view.counts.rejected + view.counts.warnings)}
        aside={
          view.counts.rejected > 0 && view.state === "done" ? (
            <Button
              size="sm"
              icon={<Download size={14} />}
              onClick={() =>
                void download(`/api/imports/${view.id}/problems.csv`, name).catch((e) =>
                  toastProblem("The file did not come", e),
                )
              }
            >
              Rejected rows as CSV
            </Button>
          ) : undefined
        }
      >
        Rows to look at
      </Heading>
      <Loaded query={query} what="These rows">
        {({ pages }) =>
          pages[0]?.items.length === 0 ? (
            <p className="text-ink-2">Every row is sound.</p>
          ) : (
            <div tabIndex={0} role="region" aria-label="Table" className="overflow-x-auto">
              <table className="w-full">
                <thead>
                  <tr className="h-8 border-y bg-canvas text-left text-ink-2">
                    <th className="pr-3 pl-2 text-right font-normal">Line</th>
                    <th className="pr-3 font-normal">Field</th>
                    <th className="pr-2 font-normal">Why</th>
                  </tr>
                </thead>
                <tbody>
                  {pages
                    .flatMap((page) => page.items)
                    .map((p) => (
                      <tr key={`${p.line}-${p.field}`} className="h-8 border-b align-top">
                        <td className="py-1.5 pr-3 pl-2 text-right">{count(p.line)}</td>
                        <td className="py-1.5 pr-3 text-ink-2 sm:whitespace-nowrap">{words(p.field)}</td>
                        <td className="py-1.5 pr-2">{p.reason}</td>
                      </tr>
                    ))}
                </tbody>
              </table>
              {query.hasNextPage ? (
                <Button className="mt-2" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  Show more
                </Button>
              ) : null}
            </div>
          )
        }
      </Loaded>
    </section>
  );
}
