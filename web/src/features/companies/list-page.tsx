// Companies: who works where, as the domains of the leads' addresses tell.
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useState } from "react";
import { Heat } from "@/app/parts/heat";
import { Page } from "@/app/shell/page";
import { inputStyle } from "@/shared/forms/field";
import { type Column, Grid } from "@/shared/grid/grid";
import { useRows } from "@/shared/grid/use-rows";
import { cx } from "@/shared/lib/cx";
import { count, day, plural } from "@/shared/lib/format";
import { useNow, usePhone, useSearchText } from "@/shared/lib/hooks";
import { Button } from "@/shared/ui/button";
import { Empty, ErrorState, LoadingRows } from "@/shared/ui/states";
import { type CompanyRow, companiesKey, fetchCompanies, parseSort, spellSort } from "./queries";

export function CompaniesPage() {
  const search = useSearch({ from: "/app/companies" });
  const navigate = useNavigate();
  const now = useNow();
  const phone = usePhone();
  const [cursor, setCursor] = useState(0);
  const list = { q: search.q, sort: parseSort(search.sort) };
  const rows = useRows<CompanyRow>(
    companiesKey(list),
    (cursor, limit, signal) => fetchCompanies(list, cursor, limit, signal),
    { refetchInterval: 30_000 },
  );
  const show = (next: { q?: string; sort?: string }) =>
    void navigate({ to: "/companies", search: { ...search, ...next }, replace: true });
  return (
    <Page title="Companies" muted={rows.total === undefined ? undefined : count(rows.total)}>
      <SearchBar
        q={search.q ?? ""}
        onSearch={(q) => show({ q: q || undefined })}
        total={rows.total === undefined ? "" : plural(rows.total, "company", "companies")}
      />
      {rows.error ? (
        <ErrorState what="Companies did not load" error={rows.error} retry={rows.refetch} />
      ) : rows.loading ? (
        <LoadingRows rows={16} label="Loading companies" />
      ) : rows.count === 0 ? (
        search.q ? (
          <Empty
            title="No company matches"
            actions={<Button onClick={() => show({ q: undefined })}>Show all companies</Button>}
          >
            No name and no domain contains “{search.q}”.
          </Empty>
        ) : (
          <Empty title="No companies yet">
            A company appears here with its first lead: it is the domain of the lead's e-mail address. Free addresses,
            such as those of Gmail, belong to no company.
          </Empty>
        )
      ) : (
        <Grid
          label="Companies"
          rows={rows}
          columns={columns(now)}
          rowId={(c) => c.domain}
          rowName={(c) => c.name}
          sort={list.sort}
          onSort={(sort) => show({ sort: spellSort(sort) })}
          cursor={cursor}
          onCursor={setCursor}
          onOpen={(c) => void navigate({ to: "/companies/$domain", params: { domain: c.domain } })}
          card={phone ? (c) => <CompanyCard company={c} /> : undefined}
        />
      )}
    </Page>
  );
}

const won = (c: CompanyRow) => c.stages.find((s) => s.status === "won")?.leads ?? 0;

const columns = (now: number): Column<CompanyRow>[] => [
  {
    id: "name",
    header: "Company",
    width: "minmax(160px,1.6fr)",
    sortable: "asc",
    cell: (c) => (
      <Link to="/companies/$domain" params={{ domain: c.domain }} className="font-medium hover:underline">
        {c.name}
      </Link>
    ),
  },
  {
    id: "domain",
    header: "Domain",
    width: "minmax(140px,1.2fr)",
    cell: (c) => <span className="truncate text-ink-2">{c.domain}</span>,
  },
  { id: "leads", header: "Leads", width: "80px", sortable: true, align: "end", cell: (c) => count(c.leads) },
  {
    id: "won",
    header: "Won",
    width: "72px",
    sortable: true,
    align: "end",
    cell: (c) => (won(c) ? count(won(c)) : <span className="text-ink-3">–</span>),
  },
  {
    id: "score",
    header: "Best score",
    width: "104px",
    sortable: true,
    cell: (c) => <Heat score={c.score} temperature={c.hot ? "hot" : "cold"} />,
  },
  {
    id: "last_contacted",
    header: "Last contacted",
    width: "minmax(110px,.8fr)",
    sortable: true,
    cell: (c) => <span className="text-ink-2">{c.last_contacted_at ? day(c.last_contacted_at, now) : "Never"}</span>,
  },
];

function CompanyCard({ company: c }: { company: CompanyRow }) {
  return (
    <Link
      to="/companies/$domain"
      params={{ domain: c.domain }}
      className="flex h-full flex-col justify-between rounded-card border border-line bg-surface px-4 py-3 dark:bg-raised"
    >
      <span className="truncate font-medium">{c.name}</span>
      <span className="truncate text-ink-2">{c.domain}</span>
      <span className="flex items-center gap-3 text-ink-2">
        <Heat score={c.score} temperature={c.hot ? "hot" : "cold"} />
        {plural(c.leads, "lead")}
        {won(c) ? `, ${count(won(c))} won` : ""}
      </span>
    </Link>
  );
}

function SearchBar({ q, onSearch, total }: { q: string; onSearch: (q: string) => void; total: string }) {
  const { text, setText } = useSearchText(q, onSearch);
  return (
    <div className="flex min-h-row-field shrink-0 items-center gap-2 border-b px-6 py-2 max-lg:px-4">
      <span className="relative w-65 max-w-full">
        <Search size={14} aria-hidden="true" className="absolute top-1/2 left-2 -translate-y-1/2 text-ink-2" />
        <input
          type="search"
          aria-label="Search companies"
          placeholder="Name or domain"
          value={text}
          onChange={(e) => setText(e.target.value)}
          className={cx(inputStyle, "h-segment border-line pl-7 max-sm:h-9")}
        />
      </span>
      <span className="ml-auto shrink-0 pl-3 text-ink-2">{total}</span>
    </div>
  );
}
