// Prospects: people and businesses that are no leads yet, searched for at a provider, priced, and added.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { asProblem } from "@/api/errors";
import { useMay } from "@/app/auth/use-may";
import { icpsQuery } from "@/app/icp/queries";
import { Page, Scroll } from "@/app/shell/page";
import { count, plural } from "@/shared/lib/format";
import { cents, dollars } from "@/shared/lib/spend";
import { Button, buttonStyle } from "@/shared/ui/button";
import { Empty, ErrorState, Loaded, LoadingRows, useTogether } from "@/shared/ui/states";
import { toastProblem } from "@/shared/ui/toast";
import { AddBar, type WhereTo } from "./add-bar";
import { Done } from "./done";
import { keptPageQuery, providersQuery, useAdding, useSearch as useAsking } from "./queries";
import { Results } from "./results";
import { SearchForm } from "./search-form";

/** The most that are added in one go. */
const MOST = 500;

export interface ProspectsSearch {
  icp?: string;
  search?: string;
  page?: number;
}

export function ProspectsPage() {
  const at: ProspectsSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  const may = useMay("rep");
  const providers = useQuery(providersQuery);
  const page = at.page ?? 1;
  const kept = useQuery(keptPageQuery(at.search ?? "", page));
  const next = useAsking();
  const { adding, answers, stop, clear } = useAdding();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  const [asked, setAsked] = useState<{ ids: string[]; campaign?: string }>({ ids: [] });
  const go = (to: ProspectsSearch) =>
    void navigate({ to: "/prospects", search: { icp: at.icp, ...to }, replace: true });
  const choose = (ids: readonly string[], on: boolean) => {
    setChosen((old) => new Set(on ? [...old, ...ids].slice(0, MOST) : [...old].filter((id) => !ids.includes(id))));
    const shown = (kept.data?.items ?? []).map((one) => [one.id, one.name ?? one.company ?? ""] as const);
    setNames((old) => new Map([...old, ...shown]));
  };
  const found = (search: string) => {
    setChosen(new Set());
    clear();
    go({ search, page: 1 });
  };
  const add = (to: WhereTo) => {
    const ids = [...chosen];
    if (!at.search || ids.length === 0) return;
    setAsked({ ids, campaign: to.campaign });
    adding.mutate(
      { search: at.search, ids, ...to },
      {
        onSuccess: () => setChosen(new Set()),
        onError: (error) => toastProblem("Adding broke off", error),
      },
    );
  };
  const more = () => {
    if (!at.search) return;
    next.mutate(
      { search: at.search, page: (kept.data?.pages ?? 0) + 1 },
      {
        onSuccess: ({ page }) => go({ search: at.search, page }),
        onError: (error) => toastProblem("The next page did not load", error),
      },
    );
  };
  // What was searched for stands in the form when the page is opened again, and the form does not push what was found.
  const icps = useQuery(icpsQuery);
  const isBegun = useTogether([providers, icps, ...(at.search ? [kept] : [])]);
  const done = answers.reduce((sum, { results }) => sum + results.length, 0);
  const data = kept.data;
  return (
    <Page
      title="Prospects"
      parent={{ to: "/leads", label: "Leads" }}
      muted={data?.total === null || data?.total === undefined ? undefined : `${count(data.total)} found`}
    >
      <Scroll>
        <Loaded query={providers} what="The providers">
          {({ items, not_possible }) =>
            !isBegun ? (
              <LoadingRows rows={3} label="Loading the search" />
            ) : items.some(({ connected }) => connected) ? (
              <>
                <SearchForm key={at.icp} providers={items} icp={at.icp} first={kept.data} onFound={found} />
                <p className="border-b px-6 py-2 text-meta text-ink-2 max-lg:px-4">
                  {not_possible.map(({ why }) => why).join(" ")}
                </p>
              </>
            ) : (
              <Empty
                title="No provider can be searched yet"
                actions={
                  <Link
                    to="/settings/$section"
                    params={{ section: "providers" }}
                    className={buttonStyle({ kind: "primary" })}
                  >
                    Connect a provider
                  </Link>
                }
              >
                Connect {items.map(({ name }) => name).join(", ")} to find people and businesses who are no leads yet.{" "}
                {not_possible.map(({ why }) => why).join(" ")}
              </Empty>
            )
          }
        </Loaded>
        {answers.length > 0 && !adding.isPending ? (
          <Done answers={answers} asked={asked.ids.length} names={names} campaign={asked.campaign} onClose={clear} />
        ) : null}
        {!at.search || !isBegun ? null : kept.error ? (
          asProblem(kept.error).status === 404 ? (
            <Empty title="This search is over" actions={<Button onClick={() => go({})}>Start a new one</Button>}>
              What was found is kept for a day. Those whom you added are leads.
            </Empty>
          ) : (
            <ErrorState what="The prospects did not load" error={kept.error} retry={() => kept.refetch()} />
          )
        ) : !data ? (
          <LoadingRows label="Loading the prospects" />
        ) : data.items.length === 0 ? (
          <Empty title="No prospect matches">
            Remove a filter or try another provider. {data.cost ? `It cost ${dollars(data.cost)}.` : "No charge."}
          </Empty>
        ) : (
          <>
            <Results found={data} chosen={chosen} onChoose={choose} disabled={!may || adding.isPending} />
            <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-6 py-3 max-lg:px-4">
              <span className="text-ink-2">
                Page {data.page}
                {data.total ? ` of about ${count(Math.ceil(data.total / data.page_size))}` : ""}, {cents(data.cost)} so
                far. Kept for a day.
              </span>
              <Button disabled={page <= 1} onClick={() => go({ search: data.id, page: page - 1 })}>
                Previous
              </Button>
              {page < data.pages ? (
                <Button onClick={() => go({ search: data.id, page: page + 1 })}>Next</Button>
              ) : data.has_more && may ? (
                <Button busy={next.isPending} onClick={more}>
                  Next {data.page_size} ({data.next_page ? `at most ${dollars(data.next_page)}` : "free"})
                </Button>
              ) : null}
              {chosen.size > 0 ? <span className="ml-auto">{plural(chosen.size, "prospect")} chosen</span> : null}
            </div>
          </>
        )}
      </Scroll>
      {at.search && (adding.isPending || (may && chosen.size > 0)) ? (
        <AddBar
          key={at.search}
          search={at.search}
          ids={adding.isPending ? asked.ids : [...chosen]}
          done={done}
          isAdding={adding.isPending}
          onAdd={add}
          onStop={stop}
        />
      ) : null}
    </Page>
  );
}
