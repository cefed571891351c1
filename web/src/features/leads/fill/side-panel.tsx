// The panel at the side: where a column's values come from, how a lead's value was found, and the run's money.

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { LeadRow } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { cx } from "@/shared/lib/cx";
import { count, plural, when } from "@/shared/lib/format";
import { cents, dollars } from "@/shared/lib/spend";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { ProgressBar } from "@/shared/ui/progress";
import { Heading } from "@/shared/ui/section";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { CellPanel } from "./cell-panel";
import {
  type ColumnView,
  costOf,
  filledWords,
  funnel,
  isOver,
  KIND_WORDS,
  outcomesOf,
  type RunView,
  sourcesOf,
} from "./model";
import { spendMonthQuery } from "./queries";
import { RaiseCap } from "./raise-cap";
import { triggerWords } from "./words";

export function SidePanel({
  column,
  columns,
  run,
  from,
  lead,
  position,
  mayRun,
  onEdit,
  onAgain,
  onFill,
  onColumn,
  onClose,
}: {
  column: ColumnView;
  columns: ColumnView[];
  run?: RunView;
  /** The run that tells where the column's values are from: the shown one, or the newest with the column. */
  from?: RunView;
  /** The lead whose cell is told of, with its place in the list. */
  lead?: LeadRow;
  position: number;
  mayRun: boolean;
  /** Only for those who may change columns. */
  onEdit?: () => void;
  onAgain: () => void;
  onFill?: () => void;
  onColumn: (id: string) => void;
  onClose: () => void;
}) {
  return (
    <div className="space-y-4 p-5 max-sm:px-0">
      <div>
        <div className="flex min-h-8 items-center gap-2">
          <h2 className="max-w-40 shrink-0 truncate text-title font-semibold max-sm:hidden">{column.name}</h2>
          <span className="min-w-0 truncate text-ink-3">
            {column.recipe.kind === "enrichment" ? "waterfall" : KIND_WORDS[column.recipe.kind]}, version{" "}
            {column.version}
          </span>
          <span className="ml-auto flex shrink-0">
            {onEdit ? (
              <Button kind="quiet" size="sm" onClick={onEdit}>
                Edit
              </Button>
            ) : null}
            <Button kind="quiet" size="sm" hint="Esc" className="max-sm:hidden" onClick={onClose}>
              Close
            </Button>
          </span>
        </div>
        <div className="mt-1 flex flex-wrap gap-1.5">
          {triggerWords(column).map((word) => (
            <Badge key={word}>{word}</Badge>
          ))}
        </div>
      </div>
      {lead ? <CellPanel column={column} lead={lead} position={position} mayRun={mayRun} onAgain={onAgain} /> : null}
      <Funnel column={column} run={from} isShown={from?.id === run?.id} onFill={onFill} />
      {run ? <RunColumns run={run} columns={columns} here={column.id} onColumn={onColumn} /> : null}
      {run ? <RunMoney run={run} may={mayRun} /> : null}
    </div>
  );
}

const TINTS = ["bg-c4", "bg-c3", "bg-c2", "bg-c1"];

function Funnel({
  column,
  run,
  isShown,
  onFill,
}: {
  column: ColumnView;
  run?: RunView;
  /** Whether the run is the one that the page shows. */
  isShown: boolean;
  onFill?: () => void;
}) {
  const sources = sourcesOf(run, column.id);
  const stages = funnel(column, sources);
  const sum = stages.reduce((all, { rows }) => all + rows, 0);
  const cost = costOf(sources);
  let before = 0;
  return (
    <section aria-label="Where the values come from">
      <Heading
        note={
          run && !isShown
            ? `run of ${when(run.started_at)}`
            : column.recipe.kind === "enrichment"
              ? "first that fits wins"
              : undefined
        }
      >
        {sum ? `${plural(sum, "row")} so far` : "Nothing filled yet"}
      </Heading>
      {sum ? (
        <Table
          edge="none"
          className="[&_td]:pr-1.5 [&_th]:pr-1.5"
          caption="Rows, price and cost by source"
          head={
            <>
              <Th>Source</Th>
              <Th>
                <span className="sr-only">Share</span>
              </Th>
              <Th end>rows</Th>
              <Th end>each</Th>
              <Th end>cost</Th>
            </>
          }
          headClassName="text-meta"
        >
          {stages.map(({ id, label, rows, cost: price }, i) => {
            const from = before;
            before += rows;
            const none = id === "not_found" || id === "failed" || id === "answer_lost";
            return (
              <Row key={id} size="auto" line={false} className="h-6.5">
                <Th scope="row" className="font-normal whitespace-nowrap">
                  {label}
                </Th>
                <Td>
                  <span aria-hidden="true" className="relative block h-3.5 w-9">
                    <span
                      className={cx(
                        "absolute top-0 h-full min-w-0.5 rounded-bar",
                        none ? "border border-edge" : TINTS[Math.min(i, 3)],
                      )}
                      style={{ left: `${(from / sum) * 100}%`, width: `${(rows / sum) * 100}%` }}
                    />
                  </span>
                </Td>
                <Td end className="font-medium">
                  {count(rows)}
                </Td>
                <Td end className="text-meta text-ink-3">
                  {rows ? (price ? dollars(Math.round(price / rows / 1_000) * 1_000) : "free") : "–"}
                </Td>
                <Td end>{price ? cents(price) : "–"}</Td>
              </Row>
            );
          })}
          <tr className="h-8 border-t">
            <Th scope="row" colSpan={4} className="font-normal">
              All questions
            </Th>
            <Td end className="font-medium">
              {cost ? cents(cost) : "free"}
            </Td>
          </tr>
        </Table>
      ) : (
        <p className="text-ink-2">Fill the column for the leads of this list. You see the price first.</p>
      )}
      {onFill ? (
        <Button size="sm" className="mt-2" onClick={onFill}>
          Fill this column
        </Button>
      ) : null}
    </section>
  );
}

function RunColumns({
  run,
  columns,
  here,
  onColumn,
}: {
  run: RunView;
  columns: ColumnView[];
  here: string;
  onColumn: (id: string) => void;
}) {
  return (
    <section aria-label="All columns of the run">
      <Heading note="this run">All columns</Heading>
      <ul className="divide-y border-y">
        {run.columns.map((id) => {
          const cost = costOf(sourcesOf(run, id));
          return (
            <li key={id} className="flex min-h-8 items-center gap-2">
              <Button
                kind="inline"
                aria-current={id === here || undefined}
                onClick={() => onColumn(id)}
                className="min-h-6 w-24 shrink-0 truncate text-left"
              >
                {columns.find((column) => column.id === id)?.name ?? "A deleted column"}
              </Button>
              <span className="min-w-0 flex-1 text-meta text-ink-3">{filledWords(outcomesOf(run, id))}</span>
              <span className="font-medium">{cost ? cents(cost) : "–"}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** What the run likely comes to at its present price a row. */
const likelyOf = ({ spent, done, total }: RunView) => (done > 0 ? Math.round((spent / done) * total) : undefined);

function RunMoney({ run, may }: { run: RunView; may: boolean }) {
  const [open, setOpen] = useState(false);
  const month = useQuery({ ...spendMonthQuery, enabled: useMay("manager") }).data;
  const likely = isOver(run) ? undefined : likelyOf(run);
  const total = run.cap ?? Math.max(likely ?? 0, run.spent);
  return (
    <section aria-label="Money of the run">
      <Heading
        aside={
          may && !isOver(run) ? (
            <Button kind="quiet" size="sm" onClick={() => setOpen(true)}>
              Change the cap
            </Button>
          ) : undefined
        }
      >
        Money
      </Heading>
      <ProgressBar
        className="!h-2"
        label="Spent of the run's cap"
        total={total}
        tick={likely !== undefined && likely <= total ? likely : undefined}
        parts={[{ value: run.spent, className: "bg-accent", label: `${dollars(run.spent)} spent` }]}
      />
      <p className="mt-2 flex flex-wrap gap-x-3">
        <span>
          <b className="font-semibold">{dollars(run.spent)}</b> <span className="text-ink-3">spent</span>
        </span>
        {month?.reserved ? (
          <span>
            <b className="font-semibold">{dollars(month.reserved)}</b> <span className="text-ink-3">reserved</span>
          </span>
        ) : null}
        {likely !== undefined && likely > run.spent ? (
          <span>
            <b className="font-semibold">{cents(likely)}</b> <span className="text-ink-3">likely</span>
          </span>
        ) : null}
        <span>
          {typeof run.cap === "number" ? <b className="font-semibold">{dollars(run.cap)}</b> : "no"}{" "}
          <span className="text-ink-3">cap</span>
        </span>
      </p>
      <p className="mt-1 text-meta text-ink-3">
        No call past the cap.
        {month
          ? ` This month: ${dollars(month.spent)}${typeof month.month_cap === "number" ? ` of ${dollars(month.month_cap)}` : ""}.`
          : ""}
      </p>
      {open ? <RaiseCap run={run} onClose={() => setOpen(false)} /> : null}
    </section>
  );
}
