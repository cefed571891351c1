// Leads that may be the same person: found by a search, dismissed where they are not.
import { infiniteQueryOptions, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { Page, Scroll } from "@/app/shell/page";
import { day, phone, plural, when } from "@/shared/lib/format";
import { stageWord } from "@/shared/lib/stages";
import { Badge } from "@/shared/ui/badge";
import { Button, buttonStyle } from "@/shared/ui/button";
import { Empty, Loaded } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { toast, toastProblem } from "@/shared/ui/toast";

type Search = Schema["DuplicateSearchView"];
type Group = Schema["DuplicateGroupView"];

const REASONS: Record<Schema["DuplicateReason"], string> = {
  same_phone: "Same phone number",
  same_name_and_company: "Same name and company",
  same_name_and_domain: "Same name and e-mail domain",
  same_mailbox: "E-mail differs by dots or plus tag",
};

/** While a search runs, the page looks for its end this often. */
const SOON_MS = 1_500;

export const duplicatesQuery = infiniteQueryOptions({
  queryKey: ["leads", "duplicates"],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam: cursor, signal }) =>
    unwrap(client.GET("/api/leads/duplicates", { params: { query: { cursor } }, signal })),
  getNextPageParam: (page) => page.next_cursor ?? undefined,
  refetchInterval: (query) => (query.state.data?.pages[0]?.search?.running ? SOON_MS : false),
});

export function DuplicatesPage() {
  const may = useMay("rep");
  const cache = useQueryClient();
  const query = useInfiniteQuery(duplicatesQuery);
  const search = query.data?.pages[0]?.search ?? undefined;
  const groups = query.data?.pages.flatMap((page) => page.items) ?? [];
  const again = () => cache.invalidateQueries({ queryKey: ["leads", "duplicates"] });
  const start = useMutation({
    mutationFn: () => unwrap(client.POST("/api/leads/duplicates")),
    onSettled: again,
    onError: (error) => toastProblem("Could not start the search", error),
  });
  const looking = start.isPending || !!search?.running;
  const begin = may ? (
    <Button kind={search ? undefined : "primary"} busy={looking} onClick={() => start.mutate()}>
      {search ? "Search again" : "Search for duplicates"}
    </Button>
  ) : undefined;
  return (
    <Page title="Duplicates" parent={{ to: "/leads", label: "Leads" }}>
      <Scroll>
        <Loaded query={query} what="Duplicates">
          {() => (
            <>
              {search ? (
                <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-6 py-3 max-lg:px-4">
                  <p role="status" className="min-w-0 flex-1 basis-65 text-ink-2">
                    {told(search)}
                  </p>
                  {begin}
                </div>
              ) : null}
              {!search ? (
                <Empty title="No search for duplicates yet" actions={begin}>
                  A search compares phone numbers, names, companies and e-mail addresses. It changes nothing.
                </Empty>
              ) : groups.length === 0 && !query.hasNextPage ? (
                looking ? null : (
                  <Empty title="No duplicates">Leads that may be the same person appear here after a search.</Empty>
                )
              ) : (
                groups.map((group) => <GroupTable key={group.leads.map((l) => l.id).join()} group={group} may={may} />)
              )}
              {query.hasNextPage ? (
                <Button
                  className="mx-6 my-3 max-lg:mx-4"
                  busy={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  Show more
                </Button>
              ) : null}
            </>
          )}
        </Loaded>
      </Scroll>
    </Page>
  );
}

function told(search: Search): string {
  if (search.running) return "Searching for duplicates …";
  if (!search.finished_at) return "The search broke off. Search again.";
  const part = search.is_partial ? " There are more than one search deals with." : "";
  return `Compared ${plural(search.compared, "lead")}, ${when(search.finished_at)}.${part}`;
}

function GroupTable({ group, may }: { group: Group; may: boolean }) {
  const cache = useQueryClient();
  const again = () => cache.invalidateQueries({ queryKey: ["leads", "duplicates"] });
  const body = { lead_ids: group.leads.map((lead) => lead.id) };
  const names = group.leads.map((lead) => lead.name).join(", ");
  const propose = async () => {
    await unwrap(client.POST("/api/leads/duplicates/propose", { body }));
    await again();
  };
  const dismiss = useMutation({
    mutationFn: () => unwrap(client.POST("/api/leads/duplicates/dismiss", { body })),
    onSuccess: () => toast("These leads are not proposed again", { undo: propose }),
    onError: (error) => toastProblem("Could not dismiss the group", error),
    onSettled: again,
  });
  return (
    <section aria-label={`Possible duplicates: ${names}`} className="border-t py-3">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1 px-6 pb-2 max-lg:px-4">
        <h2 className="font-semibold">{plural(group.leads.length, "lead")}</h2>
        {group.reasons.map((reason) => (
          <Badge key={reason}>{REASONS[reason]}</Badge>
        ))}
        {may ? (
          <span className="ml-auto flex flex-wrap gap-1">
            <Link
              to="/leads/merge"
              search={{ ids: body.lead_ids.join() }}
              className={buttonStyle({ size: "sm" })}
              aria-label={`Merge: ${names}`}
            >
              Merge
            </Link>
            <Button
              size="sm"
              kind="quiet"
              busy={dismiss.isPending}
              aria-label={`Not duplicates: ${names}`}
              onClick={() => dismiss.mutate()}
            >
              Not duplicates
            </Button>
          </span>
        ) : null}
      </div>
      <Table
        edge="page"
        caption={`Possible duplicates: ${names}`}
        head={
          <>
            <Th>Lead</Th>
            <Th>Address</Th>
            <Th wide>Stage</Th>
            <Th wide>Added</Th>
            <Th wide>Last contacted</Th>
          </>
        }
      >
        {group.leads.map((lead) => (
          <Row key={lead.id} className="hover:bg-sunken">
            <Td className="py-1 break-words">
              <Link to="/leads/$id" params={{ id: lead.id }} className="font-medium hover:underline">
                {lead.name}
              </Link>
              {lead.company && lead.company !== lead.name ? (
                <span className="block text-meta text-ink-2">{lead.company}</span>
              ) : null}
            </Td>
            <Td className="py-1 break-all text-ink-2">
              {lead.email}
              {lead.phone ? <span className="block text-meta">{phone(lead.phone)}</span> : null}
            </Td>
            <Td wide className="py-1">
              {stageWord(lead.status)}
            </Td>
            <Td wide className="py-1 text-ink-2">
              {day(lead.created_at)}
            </Td>
            <Td wide className="py-1 text-ink-2">
              {lead.last_contacted_at ? day(lead.last_contacted_at) : "–"}
            </Td>
          </Row>
        ))}
      </Table>
    </section>
  );
}
