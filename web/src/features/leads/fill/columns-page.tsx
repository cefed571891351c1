// The table that fills itself: leads with the columns that run, the run that is under way, and how each value was found.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { History, ListChecks, Plus, RotateCw } from "lucide-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import type { LeadRow } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { useCommands } from "@/app/commands/registry";
import { Page } from "@/app/shell/page";
import { type CellColumn, type CellCursor, CellGrid } from "@/shared/grid/cell-grid";
import { useRows } from "@/shared/grid/use-rows";
import { plural } from "@/shared/lib/format";
import { usePhone } from "@/shared/lib/hooks";
import { useKeys } from "@/shared/lib/keyboard";
import { Button } from "@/shared/ui/button";
import { Chip } from "@/shared/ui/chip";
import { Drawer } from "@/shared/ui/dialog";
import { later } from "@/shared/ui/later";
import { Empty, ErrorState, LoadingRows, useTogether } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import { type ListSearch, parseFilters } from "../model";
import { bulkFilter, fetchLeads, type LeadsView, leadsKey } from "../queries";
import { CellText } from "./cell-view";
import { ColumnHead } from "./column-head";
import { useFailedRows } from "./failed-rows";
import { type CellView, type ColumnView, costOf, isOver, listName, runOf, shownCell, sourcesOf } from "./model";
import { NoColumns } from "./no-columns";
import { BLOCK, cellKey, columnsQuery, useCells, useRun, useRunCell } from "./queries";
import { RunBar } from "./run-bar";
import { Runs } from "./runs";
import { AI_STARTS } from "./words";

const StartRun = later(() => import("./start-run").then((m) => m.StartRun));
const ColumnEditor = later(() => import("./column-editor").then((m) => m.ColumnEditor));
const SidePanel = later(() => import("./side-panel").then((m) => m.SidePanel));

/** The leads as the list has them, and the run that is shown. */
export interface ColumnsSearch extends Pick<ListSearch, "q" | "f" | "sort" | "rule"> {
  run?: string;
  show?: "runs";
  /** Only the leads for which the run has failed. */
  only?: "failed";
}

type Open = { what: "start"; columns?: string[] } | { what: "edit"; column?: ColumnView; start?: string };

/** What the panel at the side tells of: a column, and perhaps the cell of a lead in it. */
interface Side {
  column: string;
  row?: number;
}

const NARROW = "minmax(104px,0.7fr)";
const WIDE = "minmax(168px,1.2fr)";

const widthOf = ({ recipe, target }: ColumnView) =>
  recipe.kind === "formula" || recipe.kind === "lookup"
    ? NARROW
    : recipe.kind === "ai" || target.to === "custom_field" || target.field === "email"
      ? WIDE
      : "minmax(140px,1fr)";

export function ColumnsPage() {
  const search: ColumnsSearch = useSearch({ from: "/app/leads/columns" });
  const navigate = useNavigate();
  const phone = usePhone();
  const may = useMay("rep");
  const mayMake = useMay("manager");
  const cache = useQueryClient();
  const query = useQuery(columnsQuery);
  const columns = useMemo(() => query.data?.items ?? [], [query.data]);
  const { run, runs, isPending: isRunPending } = useRun(search.run);
  // The bar over the table is there with it: nothing moves.
  const isThere = useTogether([query, { isPending: isRunPending }]);
  const runCell = useRunCell();
  const view: LeadsView = useMemo(
    () => ({
      q: search.q,
      filters: parseFilters(search.f),
      sort: search.sort,
      rule: search.rule,
      columns: columns.map(({ target }) => listName(target)),
    }),
    [search.q, search.f, search.sort, search.rule, columns],
  );
  const all = useRows<LeadRow>(leadsKey(view), (cursor, limit, signal) => fetchLeads(view, cursor, limit, signal), {
    refetchInterval: 15_000,
    enabled: !!query.data,
  });
  const total = all.total ?? all.known;
  const [at, setAt] = useState<CellCursor>({ row: 0, column: "" });
  const cursor = { ...at, column: columns.some(({ id }) => id === at.column) ? at.column : (columns[0]?.id ?? "") };
  const [window, setWindow] = useState({ from: 0, to: BLOCK });
  const onWindow = useCallback((from: number, to: number) => setWindow({ from, to }), []);
  const [side, setSide] = useState<Side>();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);

  const isWatched = !!runs.data?.items.some(({ state }) => state === "running") || run?.state === "running";
  const failed = useFailedRows(run?.id, !!search.only);
  const rows = search.only && run ? failed : all;
  const runOfColumn = (column: string) => runOf(column, run, runs.data?.items ?? []);
  const ids: string[] = [];
  for (let i = 0; i < rows.known; i++) ids.push(rows.at(i)?.id ?? "");
  const spelled = ids.join(" ");
  const blocks = useMemo(() => {
    const all = spelled ? spelled.split(" ") : [];
    const first = Math.floor(window.from / BLOCK) * BLOCK;
    const found: string[][] = [];
    for (let from = first; from <= window.to && from < all.length; from += BLOCK)
      found.push(all.slice(from, from + BLOCK).filter(Boolean));
    return found.filter((block) => block.length > 0);
  }, [spelled, window]);
  const cells = useCells(columns.length ? blocks : [], isWatched);

  // What the run did since the rows were read is read once when it ends.
  const ended = run && isOver(run) ? run.id : undefined;
  useEffect(() => {
    if (!ended) return;
    void cache.invalidateQueries({ queryKey: ["columns", "cells"] });
    void cache.invalidateQueries({ queryKey: ["leads", "list"] });
  }, [ended, cache]);

  const cellOf = (row: LeadRow, column: ColumnView): CellView | undefined => cells.get(cellKey(row.id, column.id));
  const go = (next: Partial<ColumnsSearch>) =>
    void navigate({ to: "/leads/columns", search: { ...search, ...next }, replace: true });
  const openCell = (to: CellCursor) => {
    setAt(to);
    setSide({ column: to.column, row: to.row });
  };
  const again = (column: string, row: LeadRow | undefined) => {
    const known = columns.find(({ id }) => id === column);
    if (!row || !known || !may) return;
    runCell.mutate(
      { column, lead: row.id },
      {
        onSuccess: () => toast(`${known.name} of ${row.name} is asked again`),
        onError: (error) => toastProblem(`Could not fill ${known.name} of ${row.name}`, error),
      },
    );
  };
  const start = (only?: string[]) => total > 0 && setOpen({ what: "start", columns: only });
  const make = (first?: string) => setOpen({ what: "edit", start: first });
  const whom = { filter: bulkFilter(view), except: [], expected_count: total };

  useKeys({
    r: () => again(cursor.column, rows.at(cursor.row)),
    Escape: () => setSide(undefined),
  });
  useCommands([
    ...(may && columns.length
      ? [
          {
            id: "fill-columns",
            title: "Fill columns",
            also: "run enrich waterfall start",
            group: "This page" as const,
            icon: RotateCw,
            run: () => void start(),
          },
        ]
      : []),
    ...(mayMake
      ? [
          {
            id: "new-column",
            title: "New column",
            also: "add formula ai prompt enrichment webhook",
            group: "This page" as const,
            icon: Plus,
            run: () => make(),
          },
          ...Object.entries(AI_STARTS).map(([id, title]) => ({
            id: `new-column-${id}`,
            title: `New column: ${title}`,
            also: "add column model",
            group: "This page" as const,
            icon: Plus,
            run: () => make(id),
          })),
        ]
      : []),
    {
      id: "column-runs",
      title: "Runs of columns",
      also: "history cost",
      group: "Go to",
      icon: History,
      run: () => go({ show: "runs" }),
    },
  ]);

  const shown = side && columns.find(({ id }) => id === side.column);
  const sideRow = side?.row === undefined ? undefined : rows.at(cursor.row);
  const panel = shown ? (
    <SidePanel
      column={shown}
      columns={columns}
      run={run}
      from={runOfColumn(shown.id)}
      lead={sideRow}
      position={cursor.row + 1}
      mayRun={may}
      onEdit={mayMake ? () => setOpen({ what: "edit", column: shown }) : undefined}
      onAgain={() => again(shown.id, sideRow)}
      onFill={may ? () => start([shown.id]) : undefined}
      onColumn={(id) => setSide({ column: id, row: side?.row })}
      onClose={() => setSide(undefined)}
    />
  ) : null;

  const grid: CellColumn<LeadRow>[] = [
    {
      id: "position",
      header: <span className="sr-only">Row</span>,
      width: "34px",
      still: true,
      cell: (_row, index) => <span className="text-meta text-ink-3">{index + 1}</span>,
    },
    {
      id: "name",
      header: "Name",
      width: "minmax(112px,0.9fr)",
      still: true,
      cell: (row) => <span className="truncate font-medium">{row.name}</span>,
    },
    {
      id: "company",
      header: "Company",
      width: "minmax(120px,1fr)",
      still: true,
      cell: (row) => <span className="truncate text-ink-2">{row.company ?? "–"}</span>,
    },
    ...columns.map(
      (column): CellColumn<LeadRow> => ({
        id: column.id,
        header: (
          <ColumnHead
            column={column}
            run={run}
            cost={costOf(sourcesOf(runOfColumn(column.id), column.id))}
            on={shown?.id === column.id}
            onOpen={() => setSide({ column: column.id })}
          />
        ),
        width: widthOf(column),
        cell: (row) => <CellText cell={shownCell(cellOf(row, column), column, row)} />,
      }),
    ),
  ];

  const body = () => {
    if (query.error)
      return <ErrorState what="Columns did not load" error={query.error} retry={() => query.refetch()} />;
    if (!isThere) return <LoadingRows rows={16} label="Loading columns" />;
    if (columns.length === 0) return <NoColumns onMake={mayMake ? make : undefined} />;
    if (rows.error) return <ErrorState what="Leads did not load" error={rows.error} retry={rows.refetch} />;
    if (rows.loading) return <LoadingRows rows={16} label="Loading leads" />;
    if (rows.count === 0)
      return search.only ? (
        <Empty title="No lead failed" actions={<Button onClick={() => go({ only: undefined })}>Show all leads</Button>}>
          This run has no failed cell.
        </Empty>
      ) : (
        <NoColumns noLeads />
      );
    return (
      <CellGrid
        label="Leads and their columns"
        rows={rows}
        columns={grid}
        rowId={(row) => row.id}
        cursor={cursor}
        onCursor={(to) => {
          setAt(to);
          setSide((old) => old && { column: to.column, row: to.row });
        }}
        onOpen={openCell}
        onWindow={onWindow}
        cardHeight={52 + 28 * columns.length}
        card={
          phone
            ? (row, index) => (
                <div className="h-full rounded-panel border bg-surface px-3 py-2">
                  <div className="flex items-baseline gap-2">
                    <span className="truncate font-semibold">{row.name}</span>
                    <span className="min-w-0 flex-1 truncate text-ink-2">{row.company}</span>
                  </div>
                  {columns.map((column) => {
                    const cell = shownCell(cellOf(row, column), column, row);
                    return (
                      <Button
                        key={column.id}
                        kind="row"
                        onClick={() => openCell({ row: index, column: column.id })}
                        className="h-7 gap-2 rounded-control"
                      >
                        <span className="w-24 shrink-0 truncate text-meta text-ink-3">{column.name}</span>
                        <CellText cell={cell} />
                      </Button>
                    );
                  })}
                </div>
              )
            : undefined
        }
      />
    );
  };

  return (
    <Page
      title="AI columns"
      parent={{ to: "/leads", label: "Leads" }}
      muted={rows.total === undefined ? undefined : plural(rows.total, "lead")}
      actions={
        <>
          <Button
            kind="quiet"
            icon={<History size={15} />}
            aria-pressed={search.show === "runs"}
            onClick={() => go({ show: search.show ? undefined : "runs" })}
          >
            Runs
          </Button>
          {mayMake ? (
            <Button icon={<Plus size={15} />} onClick={() => make()}>
              Column
            </Button>
          ) : null}
          {may ? (
            <Button
              kind="primary"
              icon={<ListChecks size={15} />}
              disabled={!total || !columns.length}
              onClick={() => start()}
            >
              Fill columns
            </Button>
          ) : null}
        </>
      }
    >
      {search.show === "runs" ? (
        <Runs runs={runs} columns={columns} onShow={(next) => void navigate({ to: "/leads/columns", search: next })} />
      ) : (
        <>
          {run && isThere ? (
            <RunBar
              key={run.id}
              run={run}
              may={may}
              onFailed={search.only ? undefined : () => go({ run: run.id, only: "failed" })}
              onClose={() => go({ run: undefined, only: undefined })}
            />
          ) : null}
          {search.only && run ? (
            <p className="flex min-h-10 items-center gap-3 border-b px-6 max-lg:px-4">
              <Chip field="Cells" value="failed in this run" onRemove={() => go({ only: undefined })} />
            </p>
          ) : null}
          <div key={isThere ? "table" : "waiting"} className="relative flex min-h-0 flex-1">
            <div className="flex min-h-0 min-w-0 flex-1 flex-col max-sm:bg-canvas max-sm:pt-2">{body()}</div>
            {panel && !phone ? (
              <aside
                aria-label={`Column ${shown?.name}`}
                className="w-89 shrink-0 overflow-y-auto border-l bg-surface max-lg:absolute max-lg:inset-y-0 max-lg:right-0 max-lg:z-3 max-lg:shadow-drawer"
              >
                {panel}
              </aside>
            ) : null}
          </div>
          {panel && phone ? (
            <Drawer open onClose={() => setSide(undefined)} title={shown?.name ?? ""}>
              {panel}
            </Drawer>
          ) : null}
        </>
      )}
      {open?.what === "start" ? (
        <StartRun
          whom={whom}
          leads={total}
          columns={open.columns}
          onClose={close}
          onStarted={(started) => go({ run: started.id, show: undefined })}
        />
      ) : null}
      {open?.what === "edit" ? (
        <ColumnEditor
          column={open.column}
          start={open.start}
          sample={ids.filter(Boolean).slice(0, 3)}
          onClose={close}
          onSaved={(saved) => {
            close();
            if (saved.run) go({ run: saved.run });
            else setSide({ column: saved.id });
          }}
          onDeleted={() => {
            close();
            setSide(undefined);
          }}
        />
      ) : null}
    </Page>
  );
}
