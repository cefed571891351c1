// The running import, and its result.
import { Link } from "@tanstack/react-router";
import { serverNow } from "@/api/clock";
import { useMay } from "@/app/auth/use-may";
import { Scroll } from "@/app/shell/page";
import { clock, count, plural } from "@/shared/lib/format";
import { buttonStyle } from "@/shared/ui/button";
import { ProgressBar } from "@/shared/ui/progress";
import { Heading } from "@/shared/ui/section";
import { CountsList } from "./counts";
import type { ImportView } from "./model";
import { Problems } from "./problems";

export function ResultStep({ view }: { view: ImportView }) {
  const may = useMay("rep");
  const running = view.state === "committing";
  const failed = view.state === "failed";
  const lookedUp =
    view.options.enrich && view.finished_at && serverNow() - new Date(view.finished_at).getTime() < 10 * 60_000;
  const taken =
    view.counts.created + view.counts.updated + view.counts.duplicates + view.counts.rejected + view.counts.suppressed;
  return (
    <Scroll>
      <div className="grid max-w-275 gap-8 p-6 max-lg:p-4 lg:grid-cols-[minmax(0,440px)_minmax(0,1fr)]">
        <section aria-label="Result" aria-live="polite">
          <h2 className="text-person font-semibold">
            {running
              ? `Importing ${view.file_name}`
              : failed
                ? "The import failed"
                : `${plural(view.counts.created, "new lead")}${view.counts.updated ? `, ${count(view.counts.updated)} updated` : ""}`}
          </h2>
          <p className="mb-3 text-ink-2">
            {running
              ? "You can leave this page. The import continues."
              : failed
                ? (view.failure ?? "Could not read leads from the file.")
                : `Finished ${view.finished_at ? `at ${clock(view.finished_at)}` : ""}.${lookedUp ? " Enrichment is running." : ""}`}
          </p>
          {running ? (
            <div className="mb-4">
              <ProgressBar
                className="!h-2"
                label="Rows processed"
                total={view.chunks}
                parts={[{ value: view.chunks_done, className: "bg-accent" }]}
              />
              <p className="mt-1 text-meta text-ink-2">{plural(taken, "row")} so far</p>
            </div>
          ) : null}
          {!failed || taken > 0 ? (
            <>
              <Heading>{running ? "So far" : "Rows by result"}</Heading>
              <CountsList counts={view.counts} past />
            </>
          ) : null}
          <div className="mt-4 flex flex-wrap gap-2">
            {view.state === "done" ? (
              <Link to="/leads" search={{ sort: "-created" }} className={buttonStyle({ kind: "primary" })}>
                View leads
              </Link>
            ) : null}
            {running || !may ? null : (
              <Link to="/import" className={buttonStyle({ kind: "outline" })}>
                Import another file
              </Link>
            )}
          </div>
        </section>
        {view.state === "done" ? <Problems view={view} /> : null}
      </div>
    </Scroll>
  );
}
