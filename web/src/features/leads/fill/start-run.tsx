// The dialog that starts a run: which columns, for which leads, and first of all what that costs.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem } from "@/api/errors";
import type { Whom } from "@/app/enrol/queries";
import { Field, Input } from "@/shared/forms/field";
import { FormProblem } from "@/shared/forms/form-problem";
import { count, plural } from "@/shared/lib/format";
import { useDelayed } from "@/shared/lib/hooks";
import { capOf, dollars } from "@/shared/lib/spend";
import { Button } from "@/shared/ui/button";
import { Checkbox } from "@/shared/ui/checkbox";
import { Dialog } from "@/shared/ui/dialog";
import { ErrorState, LoadingRows } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { type ColumnView, type Estimate, fieldOf, KIND_WORDS, type RunView, startWords } from "./model";
import { columnsQuery, estimateQuery, type RunMode, useStartRun } from "./queries";

const MODES = {
  gaps: {
    label: "Empty only",
    note: "leads without a value",
    mode: { only_gaps: true, overwrite: false, again: false },
  },
  stale: {
    label: "Empty and outdated",
    note: "what is still fresh is not asked for again",
    mode: { only_gaps: false, overwrite: false, again: false },
  },
  again: {
    label: "All",
    note: "fresh values and lost answers too",
    mode: { only_gaps: false, overwrite: false, again: true },
  },
} satisfies Record<string, { label: string; note: string; mode: RunMode }>;

type ModeName = keyof typeof MODES;

const FIRST_CAP = "20";

export function StartRun({
  whom,
  leads,
  columns: first,
  onClose,
  onStarted,
}: {
  whom: Whom;
  /** How many leads these are. */
  leads: number;
  /** The columns that are chosen at first; all of them if none are named. */
  columns?: string[];
  onClose: () => void;
  onStarted: (run: RunView) => void;
}) {
  const columns = useQuery(columnsQuery);
  const known = columns.data?.items ?? [];
  const [picked, setPicked] = useState<string[] | undefined>(first);
  const chosen = known.filter(({ id }) => !picked || picked.includes(id)).map(({ id }) => id);
  const [name, setName] = useState<ModeName>("gaps");
  const [overwrite, setOverwrite] = useState(false);
  const [cap, setCap] = useState(FIRST_CAP);
  const mode: RunMode = { ...MODES[name].mode, overwrite: overwrite && name !== "gaps" };
  const asked = useDelayed(JSON.stringify({ chosen, mode }), 200);
  const settled = asked === JSON.stringify({ chosen, mode });
  const estimate = useQuery(estimateQuery(chosen, whom, mode));
  const start = useStartRun();
  const most = capOf(cap);
  const toggle = (id: string, on: boolean) => setPicked(on ? [...chosen, id] : chosen.filter((other) => other !== id));
  const go = () =>
    start.mutate(
      { columns: chosen, whom, mode, cap: most ?? null },
      {
        onSuccess: (run) => {
          onStarted(run);
          onClose();
        },
      },
    );
  const isReady = chosen.length > 0 && most !== undefined && settled && !!estimate.data;
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={`Fill columns for ${plural(leads, "lead")}`}
      description="Nothing is asked until you start. A lead's value that a user typed stays."
      footer={
        <>
          <Button kind="primary" busy={start.isPending} disabled={!isReady} onClick={go}>
            {startWords(estimate.data, most ?? null)}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Cancel
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        {start.error ? <FormProblem problem={asProblem(start.error)} fields={["cap"]} /> : null}
        <fieldset>
          <legend className="mb-1 font-medium">Columns</legend>
          {columns.isPending ? <LoadingRows rows={3} label="Loading columns" /> : null}
          <ul className="divide-y border-y">
            {known.map((column) => (
              <li key={column.id}>
                <label className="flex min-h-9 items-center gap-2">
                  <Checkbox checked={chosen.includes(column.id)} onValue={(on) => toggle(column.id, on)} />
                  <span className="font-medium">{column.name}</span>
                  <span className="text-meta text-ink-3">
                    {KIND_WORDS[column.recipe.kind]}, fills {fieldOf(column.target)}
                  </span>
                </label>
              </li>
            ))}
          </ul>
        </fieldset>
        <fieldset>
          <legend className="mb-1 font-medium">Which values</legend>
          {(Object.keys(MODES) as ModeName[]).map((one) => (
            <label key={one} className="flex min-h-7 items-center gap-2">
              <input
                type="radio"
                name="mode"
                checked={one === name}
                onChange={() => setName(one)}
                className="size-4 accent-accent"
              />
              {MODES[one].label}
              <span className="text-meta text-ink-3">{MODES[one].note}</span>
            </label>
          ))}
          {name === "gaps" ? null : (
            <label className="flex min-h-7 items-center gap-1">
              <Checkbox checked={overwrite} onValue={setOverwrite} className="-ml-1" />
              Replace values that users typed, too
            </label>
          )}
        </fieldset>
        <Field
          label="The most that this run may spend"
          help="In US dollars. No call is made past it. Leave empty for no cap."
          error={most === undefined ? "Enter an amount in US dollars, with up to six decimals." : undefined}
          className="max-w-80"
        >
          <Input inputMode="decimal" value={cap} onChange={(e) => setCap(e.target.value)} />
        </Field>
        {chosen.length === 0 ? (
          <p className="text-ink-2">Choose a column to see what it costs.</p>
        ) : estimate.data ? (
          <EstimateTable estimate={estimate.data} columns={known} cap={most ?? null} />
        ) : estimate.error ? (
          <ErrorState
            className="!m-0"
            what="The estimate did not load"
            error={estimate.error}
            retry={() => estimate.refetch()}
          />
        ) : (
          <LoadingRows rows={chosen.length} label="Loading the estimate" />
        )}
      </div>
    </Dialog>
  );
}

function EstimateTable({ estimate, columns, cap }: { estimate: Estimate; columns: ColumnView[]; cap: number | null }) {
  const { likely, most, month_left: left } = estimate;
  const money = (micros: number) => (micros ? dollars(micros) : <span className="text-ink-3">free</span>);
  const short = Math.min(cap ?? most, left ?? most);
  return (
    <section aria-label="Estimate">
      <Table
        edge="none"
        headLine
        caption="What the run would ask, and what that may cost"
        scrolls="Estimate by column"
        head={
          <>
            <Th>Column</Th>
            <Th end>Asked</Th>
            <Th end>Computed</Th>
            <Th end>There already</Th>
            <Th end>Likely</Th>
            <Th end>At most</Th>
          </>
        }
        foot={
          <tr className="h-9 font-semibold">
            <Th scope="row">All</Th>
            <Td end colSpan={4}>
              {money(likely)}
            </Td>
            <Td end>{money(most)}</Td>
          </tr>
        }
      >
        {estimate.columns.map((one) => (
          <Row key={one.column}>
            <Th scope="row" className="font-medium">
              {columns.find(({ id }) => id === one.column)?.name ?? one.column}
            </Th>
            <Td end>{count(one.asked)}</Td>
            <Td end>{count(one.computed)}</Td>
            <Td end>{count(one.fresh + one.left)}</Td>
            <Td end>{money(one.likely)}</Td>
            <Td end>{money(one.most)}</Td>
          </Row>
        ))}
      </Table>
      <p className="text-meta text-ink-3">
        {estimate.is_projected ? "Projected from a sample of the leads. " : ""}
        {short < most
          ? `It pauses when ${dollars(short)} are spent, which is ${short < likely ? "likely before its end" : "unlikely"}. `
          : ""}
        {typeof left === "number" ? `${dollars(left)} are left of the month's cap.` : ""}
      </p>
    </section>
  );
}
