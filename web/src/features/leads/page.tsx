// Leads: views, filter, order, search, columns, change in place, select, enrol, peek.

import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useNavigate } from "@tanstack/react-router";
import { Columns3, Copy, Download, ListFilter, Plus, Sparkles, Trash2 } from "lucide-react";
import { useEffect, useMemo, useReducer, useState } from "react";
import { asProblem } from "@/api/errors";
import { live } from "@/api/query";
import type { LeadRow } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { useSees } from "@/app/auth/use-sees";
import { numberToCall } from "@/app/calls/call-action";
import { useCall } from "@/app/calls/placing";
import { useCommands } from "@/app/commands/registry";
import { useDeleteLeads } from "@/app/deletion/use-delete-leads";
import { useCampaignNames, type Whom } from "@/app/enrol/queries";
import { fieldsQuery } from "@/app/shared-queries";
import { Page } from "@/app/shell/page";
import { openedLeads } from "@/app/timeline/opened-list";
import { Grid } from "@/shared/grid/grid";
import { NOTHING, type Selection, selectAll, selectedCount } from "@/shared/grid/selection";
import { useRows } from "@/shared/grid/use-rows";
import { customKey } from "@/shared/lib/field-words";
import { count, plural } from "@/shared/lib/format";
import { useLatest, useMedia, useNow, usePhone } from "@/shared/lib/hooks";
import { useKeys } from "@/shared/lib/keyboard";
import { Button, buttonStyle, IconButton } from "@/shared/ui/button";
import { later } from "@/shared/ui/later";
import { ErrorState, LoadingRows } from "@/shared/ui/states";
import { SwipeHint } from "@/shared/ui/swipe-hint";
import { Tabs } from "@/shared/ui/tabs";
import { toastProblem } from "@/shared/ui/toast";
import { AsOfNote } from "./as-of";
import { LeadCard, leadColumns } from "./columns";
import { useOwnColumns } from "./columns/own-columns";
import { FilterBar } from "./filter-bar";
import { LIST_START, listReducer } from "./list-state";
import {
  type Filters,
  type ListSearch,
  parseColumns,
  parseFilters,
  parseSort,
  spellFilters,
  spellSort,
  VIEWS,
  viewOf,
} from "./model";
import { NoLeads } from "./no-leads";
import { bulkFilter, fetchLeads, type LeadsView, leadsKey, useChangeLead } from "./queries";
import { useListSearch } from "./use-list-search";
import { ViewMenu } from "./views/view-menu";

const Board = later(
  () => import("./board/board").then((m) => m.Board),
  <LoadingRows rows={8} label="Loading the board" />,
);
const SwipeCard = later(
  () => import("./swipe-card").then((m) => m.SwipeCard),
  (shown) => <LeadCard {...shown} />,
);
const EnrolDialog = later(() => import("@/app/enrol/enrol-dialog").then((m) => m.EnrolDialog));
const BulkMessageDialog = later(() => import("@/app/bulk-message/dialog").then((m) => m.BulkMessageDialog));
const BulkChanges = later(() => import("./bulk-changes").then((m) => m.BulkChanges));
const StartRun = later(() => import("./fill/start-run").then((m) => m.StartRun));
const NewLead = later(() => import("./new-lead").then((m) => m.NewLead));
const Peek = later(() => import("./peek").then((m) => m.Peek));
const ListDialog = later(() => import("./list-dialog").then((m) => m.ListDialog));

/** The dialog that is open over the list; one at a time. */
type Dialog =
  | { open: "add" | "rule" | "columns" | "view" }
  | { open: "enrol" | "write" | "fill"; whom: Whom; count: number };

export function LeadsPage() {
  const { search, base, saved, missing, ...list } = useListSearch();
  const navigate = useNavigate();
  const phone = usePhone();
  const narrow = useMedia("(max-width: 1279px)");
  const now = useNow();
  const campaigns = useCampaignNames();
  const change = useChangeLead();
  const may = useMay("rep");
  const mayDelete = useMay("manager");
  const sees = useSees();
  const seesAll = sees === "all";
  const deletion = useDeleteLeads();
  const call = useCall();
  const filters = useMemo(() => parseFilters(search.f), [search.f]);
  const [ownColumns, keepColumns] = useOwnColumns();
  const chosen = useMemo(() => parseColumns(search.cols ?? ownColumns), [search.cols, ownColumns]);
  const view: LeadsView = useMemo(
    () => ({ q: search.q, filters, sort: search.sort, rule: search.rule, columns: chosen }),
    [search.q, filters, search.sort, search.rule, chosen],
  );
  const key = leadsKey(view);
  const rows = useRows<LeadRow>(key, (cursor, limit, signal) => fetchLeads(view, cursor, limit, signal), {
    refetchInterval: live(15_000),
    enabled: !missing && !search.layout,
  });
  const custom = useQuery({ ...fieldsQuery, enabled: !!chosen?.some(customKey) }).data?.items ?? [];
  const [{ cursor, peek, selection }, act] = useReducer(listReducer, LIST_START);
  const select = (selection: Selection) => act({ do: "select", selection });
  const [dialog, setDialog] = useState<Dialog>();
  const close = () => setDialog(undefined);
  const hash = useLocation({ select: (l) => l.hash });
  useEffect(() => {
    if (!may || hash !== "add") return;
    setDialog({ open: "add" });
    void navigate({ to: "/leads", search: (s) => s, replace: true });
  }, [may, hash, navigate]);
  const total = rows.total ?? rows.known;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another list starts at its top
  useEffect(() => {
    act({ do: "restart" });
  }, [search.q, search.f, search.sort, search.rule]);

  const sort = parseSort(search.sort);
  const go = (to: ListSearch) =>
    void navigate({ to: "/leads", search: { layout: search.layout, ...to }, replace: true });
  // With its order spelled out, an address differs from the view alone, also without a filter.
  const show = (next: Partial<ListSearch>) =>
    go({ ...search, ...(search.view ? { sort: spellSort(sort) } : {}), ...next });
  const tabs: { id: string; label: string; to: ListSearch }[] = [
    ...VIEWS.map(({ id, label, f, sort }) => ({ id, label, to: { f, sort } })),
    ...saved.map(({ id, name }) => ({ id, label: name, to: { view: id } })),
  ];
  const here = viewOf(search);
  const peeked = peek ? findRow(rows, peek) : undefined;
  const picked = selectedCount(selection);

  const whom = (): Whom => {
    if (picked === 0) {
      const row = peeked?.row ?? rows.at(cursor);
      return { ids: row ? [row.id] : [] };
    }
    if (selection.kind === "some") return { ids: [...selection.ids] };
    return { filter: bulkFilter(view), except: [...selection.except], expected_count: selection.total };
  };
  /** The leads that the action is for; the list may continue below them. */
  const enrol = () => setDialog({ open: "enrol", whom: whom(), count: picked || 1 });

  const remove = async () => {
    const chosen = whom();
    if ("ids" in chosen && chosen.ids.length === 0) return;
    if (await deletion.deleteLeads(chosen)) {
      act({ do: "peek" });
      select(NOTHING);
    }
  };

  // The list is kept as the origin, in whatever way a lead is opened.
  const seen = useLatest({ rows, total, label: tabs.find(({ id }) => id === here)?.label ?? "Filtered" });
  useEffect(
    () => () => {
      const { rows: list, total: all, label } = seen.current;
      const ids: string[] = [];
      for (let i = 0; i < list.known; i++) {
        const row = list.at(i);
        if (row) ids.push(row.id);
      }
      if (ids.length) openedLeads.set({ ids, total: all, label });
    },
    [seen],
  );
  const open = (row: LeadRow) => void navigate({ to: "/leads/$id", params: { id: row.id } });
  const save = () =>
    void import("./download-leads")
      .then((m) => m.downloadLeads(view))
      .catch((error) => toastProblem("Could not download the file", error));
  useCommands([
    {
      id: "running-columns",
      title: "AI columns",
      also: "enrich waterfall ai formula run",
      group: "Go to",
      icon: Sparkles,
      run: () =>
        void navigate({
          to: "/leads/columns",
          search: { q: search.q, f: search.f, sort: search.sort, rule: search.rule },
        }),
    },
    {
      id: "duplicates",
      title: "Merge duplicates",
      also: "same person",
      group: "Go to",
      icon: Copy,
      run: () => void navigate({ to: "/leads/duplicates" }),
    },
    {
      id: "leads-layout",
      title: search.layout ? "Show leads as a table" : "Show leads as a board",
      also: "layout",
      group: "This page",
      keys: "b",
      run: () => show({ layout: search.layout ? undefined : "board" }),
    },
    {
      id: "export",
      title: "Download these leads as CSV",
      also: "export file",
      group: "This page",
      icon: Download,
      run: save,
    },
    {
      id: "advanced-filter",
      title: "Advanced filter",
      also: "rule segment conditions",
      group: "This page",
      icon: ListFilter,
      run: () => setDialog({ open: "rule" }),
    },
    {
      id: "columns",
      title: "Fields shown",
      also: "choose columns order",
      group: "This page",
      icon: Columns3,
      run: () => setDialog({ open: "columns" }),
    },
    ...(mayDelete
      ? [
          {
            id: "delete-lead",
            title: picked ? `Delete ${plural(picked, "lead")}` : "Delete the lead",
            group: "This page" as const,
            keys: "#",
            icon: Trash2,
            run: () => void remove(),
          },
          {
            id: "deleted-leads",
            title: "Recently deleted leads",
            also: "trash restore undo",
            group: "Go to" as const,
            icon: Trash2,
            run: () => void navigate({ to: "/leads/deleted" }),
          },
        ]
      : []),
    ...(may
      ? [
          {
            id: "new-lead",
            title: "New lead",
            group: "This page" as const,
            keys: "n",
            icon: Plus,
            run: () => setDialog({ open: "add" }),
          },
          {
            id: "new-view",
            title: "Save this list as a view",
            group: "This page" as const,
            run: () => setDialog({ open: "view" }),
          },
          {
            id: "enrol",
            title: "Enrol in a campaign",
            group: "This page" as const,
            keys: "q",
            run: () => total > 0 && enrol(),
          },
        ]
      : []),
  ]);
  useKeys({
    "mod+a": () => may && select(selectAll(total)),
    Escape: () => act({ do: "back" }),
    m: () => {
      const row = peeked?.row ?? rows.at(cursor);
      if (row) void navigate({ to: "/leads/$id", params: { id: row.id }, hash: "write" });
    },
    p: () => {
      const row = peeked?.row ?? rows.at(cursor);
      const number = row && may ? numberToCall(row) : undefined;
      if (row && number) call({ number, lead: row.id });
    },
    ...Object.fromEntries(tabs.slice(0, 9).map(({ to }, i) => [String(i + 1), () => go(to)])),
  });

  const columns = leadColumns({
    now,
    campaigns,
    narrow: narrow || !!peek,
    chosen,
    custom,
    change: may ? (row, changes) => change.mutate({ row, changes }) : undefined,
  });
  const all = () => go({});

  return (
    <Page
      title="Leads"
      quick={
        may
          ? { label: "New lead", icon: <Plus size={22} strokeWidth={1.6} />, run: () => setDialog({ open: "add" }) }
          : undefined
      }
      muted={rows.total === undefined ? undefined : count(rows.total)}
      actions={
        <>
          {seesAll ? (
            <Link
              to="/leads/columns"
              search={{ q: search.q, f: search.f, sort: search.sort, rule: search.rule }}
              title="AI columns"
              className={buttonStyle({ kind: "quiet" })}
            >
              <Sparkles size={15} aria-hidden="true" /> <span className="max-xl:sr-only">AI columns</span>
            </Link>
          ) : null}
          {seesAll ? (
            <Link to="/leads/duplicates" title="Duplicates" className={buttonStyle({ kind: "quiet" })}>
              <Copy size={15} aria-hidden="true" /> <span className="max-xl:sr-only">Duplicates</span>
            </Link>
          ) : null}
          {mayDelete ? (
            <Link to="/leads/deleted" title="Recently deleted" className={buttonStyle({ kind: "quiet" })}>
              <Trash2 size={15} aria-hidden="true" /> <span className="max-xl:sr-only">Recently deleted</span>
            </Link>
          ) : null}
          <Button kind="quiet" title="Download" icon={<Download size={15} />} disabled={!total} onClick={save}>
            <span className="max-xl:sr-only">Download</span>
          </Button>
          {may ? (
            <Button icon={<Plus size={15} />} hint="N" onClick={() => setDialog({ open: "add" })}>
              New lead
            </Button>
          ) : null}
        </>
      }
    >
      <Tabs
        label="Views"
        numbered
        items={tabs.map(({ id, label }) => ({
          id,
          label,
          count: here === id && rows.total !== undefined ? count(rows.total) : undefined,
        }))}
        value={here}
        onChange={(id) => go(tabs.find((tab) => tab.id === id)?.to ?? {})}
        after={
          <div className="-ml-3 flex shrink-0 items-center gap-1">
            {may ? (
              <IconButton label="Save as a view" size="iconSm" onClick={() => setDialog({ open: "view" })}>
                <Plus size={15} />
              </IconButton>
            ) : null}
            {base ? (
              <ViewMenu key={base.id} view={base} search={search} onShow={(id) => go({ view: id })} onGone={all} />
            ) : null}
          </div>
        }
        aside={
          <Link to="/segments" className="hover:text-ink">
            Segments
          </Link>
        }
      />
      <FilterBar
        filters={filters}
        onFilters={(f: Filters) => show({ f: spellFilters(f) })}
        q={search.q ?? ""}
        onSearch={(q) => show({ q: q || undefined })}
        rule={search.rule}
        onRule={(to) => (to === "edit" ? setDialog({ open: "rule" }) : show({ rule: undefined }))}
        layout={search.layout}
        onLayout={(layout) => show({ layout })}
        onColumns={() => setDialog({ open: "columns" })}
        total={rows.total === undefined ? "" : plural(rows.total, "lead")}
      />
      {rows.asOf && !search.layout ? <AsOfNote at={rows.asOf} /> : null}
      {missing === "gone" ? (
        <NoLeads why="gone" onAll={all} />
      ) : list.error ? (
        <ErrorState what="The view did not load" error={list.error} retry={list.retry} />
      ) : search.layout ? (
        <Board view={view} />
      ) : rows.error ? (
        asProblem(rows.error).status === 422 ? (
          <NoLeads why={asProblem(rows.error)} onAll={all} />
        ) : (
          <ErrorState what="Leads did not load" error={rows.error} retry={rows.refetch} />
        )
      ) : rows.loading ? (
        <LoadingRows rows={16} label="Loading leads" />
      ) : rows.count === 0 ? (
        <NoLeads
          why={search.f || search.q || search.rule ? "filtered" : "none"}
          q={search.q}
          own={sees === "own"}
          onAll={() => show({ f: undefined, q: undefined, rule: undefined })}
          onAdd={may ? () => setDialog({ open: "add" }) : undefined}
        />
      ) : (
        <div className="relative flex min-h-0 flex-1">
          <div className="flex min-h-0 min-w-0 flex-1 flex-col max-sm:bg-canvas max-sm:pt-2">
            {phone && may ? <SwipeHint>Swipe a lead right to call, left to write</SwipeHint> : null}
            <Grid
              label="Leads"
              rows={rows}
              columns={columns}
              rowId={(l) => l.id}
              rowName={(l) => l.name}
              sort={sort}
              onSort={(s) => show({ sort: spellSort(s) })}
              selection={phone || !may ? undefined : selection}
              onSelection={select}
              cursor={cursor}
              onCursor={(to) => act({ do: "move", to, lead: rows.at(to)?.id })}
              onOpen={open}
              onPeek={(row) => act({ do: "peek", lead: row.id })}
              card={phone ? (l) => <SwipeCard lead={l} now={now} campaigns={campaigns} /> : undefined}
            />
            {picked > 0 ? (
              <BulkChanges
                selection={selection}
                total={total}
                busy={deletion.isPending}
                whom={whom}
                onSelection={select}
                onEnrol={enrol}
                onWrite={() => setDialog({ open: "write", whom: whom(), count: picked })}
                onFill={() => setDialog({ open: "fill", whom: whom(), count: picked })}
                onDelete={mayDelete ? () => void remove() : undefined}
              />
            ) : null}
          </div>
          {peeked && !phone ? (
            <Peek
              lead={peeked.row}
              position={`${count(peeked.index + 1)} of ${count(total)}`}
              onClose={() => act({ do: "peek" })}
              onEnrol={may ? enrol : undefined}
            />
          ) : null}
        </div>
      )}
      {dialog?.open === "enrol" ? (
        <EnrolDialog open onClose={close} count={dialog.count} whom={dialog.whom} onDone={() => select(NOTHING)} />
      ) : null}
      {dialog?.open === "write" ? (
        <BulkMessageDialog whom={dialog.whom} count={dialog.count} onClose={close} onDone={() => select(NOTHING)} />
      ) : null}
      {dialog?.open === "fill" ? (
        <StartRun
          whom={dialog.whom}
          leads={dialog.count}
          onClose={close}
          onStarted={({ id }) =>
            void navigate({
              to: "/leads/columns",
              search: { q: search.q, f: search.f, sort: search.sort, rule: search.rule, run: id },
            })
          }
        />
      ) : null}
      <NewLead open={dialog?.open === "add"} onClose={close} />
      {dialog?.open === "rule" || dialog?.open === "columns" || dialog?.open === "view" ? (
        <ListDialog
          what={dialog.open}
          search={search}
          view={base}
          mayMake={may}
          ownColumns={ownColumns}
          onOwnColumns={keepColumns}
          onShow={show}
          onView={(id) => go({ view: id })}
          onClose={close}
        />
      ) : null}
    </Page>
  );
}

function findRow(rows: { known: number; at: (i: number) => LeadRow | undefined }, id: string) {
  for (let index = 0; index < rows.known; index++) {
    const row = rows.at(index);
    if (row?.id === id) return { row, index };
  }
  return undefined;
}
