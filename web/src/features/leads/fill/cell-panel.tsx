// How a lead's value was found: each question with its time, its outcome and its price.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { LeadRow, Schema } from "@/api/types";
import { EditCell } from "@/shared/grid/edit-cell";
import { cx } from "@/shared/lib/cx";
import { clockSeconds, day } from "@/shared/lib/format";
import { dollars, providerName } from "@/shared/lib/spend";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Loaded } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import { CellText } from "./cell-view";
import { type ColumnView, type ShownCell, shownCell } from "./model";
import { cellQuery, writeValue } from "./queries";
import { STEP_WORDS } from "./words";

type Step = Schema["CellStep"];

const DOTS: Record<Step["outcome"], string> = {
  found: "size-2 rounded-full bg-good",
  asked: "size-2 rounded-full bg-accent",
  started: "size-2 rounded-full border-[1.5px] border-dashed border-edge",
  lost: "size-2 rounded-full border-[1.5px] border-dashed border-held",
  not_found: "h-[1.5px] w-1.5 bg-ink-2",
  not_taken: "h-[1.5px] w-1.5 bg-ink-2",
  busy: "h-[1.5px] w-1.5 bg-bad",
  refused: "h-[1.5px] w-1.5 bg-bad",
  account_refused: "h-[1.5px] w-1.5 bg-bad",
  no_account: "h-[1.5px] w-1.5 bg-edge",
};

/** "Hunter: 41%, not taken (below 85%)" */
export function stepText({ provider, outcome, why, confidence }: Step): string {
  const sure = typeof confidence === "number" ? `${confidence}%, ` : "";
  return `${providerName(provider)}: ${sure}${STEP_WORDS[outcome]}${why ? ` (${why})` : ""}`;
}

export function CellPanel({
  column,
  lead,
  position,
  mayRun,
  onAgain,
}: {
  column: ColumnView;
  lead: LeadRow;
  position: number;
  mayRun: boolean;
  onAgain: () => void;
}) {
  const query = useQuery(cellQuery(column.id, lead.id));
  const cache = useQueryClient();
  const save = async (value: string) => {
    const before = query.data?.lead_value ?? "";
    const put = async (next: string) => {
      await writeValue(lead.id, column.target, next);
      await cache.invalidateQueries({ queryKey: ["columns"] });
      await cache.invalidateQueries({ queryKey: ["leads"] });
    };
    try {
      await put(value);
      toast(`Changed ${column.name} of ${lead.name}`, { undo: () => put(before) });
    } catch (error) {
      toastProblem(`Could not change ${column.name} of ${lead.name}`, error);
    }
  };
  return (
    <section aria-label="How it was found">
      <Heading note={`row ${position}, how it was found`}>
        <Link to="/leads/$id" params={{ id: lead.id }} className="hover:underline">
          {lead.name}
        </Link>
      </Heading>
      <Loaded query={query} what="The cell">
        {(cell) => (
          <>
            <Value
              column={column}
              value={cell.lead_value ?? ""}
              shown={shownCell(cell, column, { ...lead, ...valueRow(column, lead, cell.lead_value) })}
              onSave={mayRun ? (next) => void save(next) : undefined}
            />
            {cell.steps.length ? (
              <ol aria-label="Questions" className="mt-2">
                {cell.steps.map((step, i) => (
                  <li key={i} className="relative flex min-h-6.5 items-start gap-2">
                    <time dateTime={step.at} title={day(step.at)} className="w-16 shrink-0 text-ink-3">
                      {clockSeconds(step.at)}
                    </time>
                    {i < cell.steps.length - 1 ? (
                      <span aria-hidden="true" className="absolute top-3 left-[77px] h-full border-l border-edge" />
                    ) : null}
                    <span
                      aria-hidden="true"
                      className="relative flex h-5 w-3 shrink-0 items-center justify-center bg-surface"
                    >
                      <span className={cx("block", DOTS[step.outcome])} />
                    </span>
                    <span
                      className={cx(
                        "min-w-0 flex-1 [overflow-wrap:anywhere]",
                        step.outcome === "found" && "font-semibold",
                      )}
                    >
                      {stepText(step)}
                    </span>
                    <span className="shrink-0 text-meta text-ink-3">{step.price ? dollars(step.price) : "free"}</span>
                  </li>
                ))}
              </ol>
            ) : (
              <p className="mt-2 text-ink-2">
                {cell.state === "skipped" ? `Nothing was asked: ${cell.why}.` : "No question was asked for this lead."}
              </p>
            )}
            <p className="mt-1 text-meta text-ink-3">
              {cell.state === "answer_lost"
                ? "The answer did not arrive, and the provider may have charged for it. It is asked again only if you run it. "
                : "Source, confidence, price and date stay with the value. "}
              {column.fresh_days ? `Asked again after ${column.fresh_days} days.` : ""}
            </p>
            {mayRun ? (
              <Button size="sm" hint="R" className="mt-2" onClick={onAgain}>
                Run it again
              </Button>
            ) : null}
          </>
        )}
      </Loaded>
    </section>
  );
}

/** The lead's value, and what the cell says where that is more. */
function Value({
  column,
  value,
  shown,
  onSave,
}: {
  column: ColumnView;
  value: string;
  shown: ShownCell;
  onSave?: (next: string) => void;
}) {
  return (
    <>
      <div className="flex min-h-8 items-center gap-2 rounded-control border border-line px-2">
        <div className="min-w-0 flex-1">
          {onSave ? <EditCell label={column.name} value={value} onSave={onSave} /> : value || "–"}
        </div>
        {shown.mark === "value" && shown.note ? (
          <span className={cx("shrink-0 text-meta", shown.low ? "text-warm-ink" : "text-ink-3")}>{shown.note}</span>
        ) : null}
      </div>
      {shown.mark === "value" || shown.mark === "empty" ? null : <CellText cell={shown} className="mt-1" />}
    </>
  );
}

/** The row with the value that the lead has now, which the list may not have yet. */
function valueRow(column: ColumnView, lead: LeadRow, value: string | null | undefined): Partial<LeadRow> {
  const name = column.target.to === "custom_field" ? `custom.${column.target.key}` : column.target.field;
  return { fields: { ...lead.fields, [name]: value ?? undefined } };
}
