// The access log: who signed in, who was refused, what was exported and which API keys were used.
import { infiniteQueryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { teamQuery } from "@/app/shared-queries";
import { clock, count, day, plural } from "@/shared/lib/format";
import { Badge } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Empty, Loaded } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { keysQuery } from "./key-queries";

type Access = Schema["AccessView"];

const accessLogQuery = infiniteQueryOptions({
  queryKey: ["access-log"],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam, signal }) =>
    unwrap(client.GET("/api/settings/access-log", { params: { query: { limit: 100, cursor: pageParam } }, signal })),
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

function What({ access }: { access: Access }) {
  switch (access.kind) {
    case "signed_in":
      return "Signed in";
    case "sign_in_refused":
      return <Badge tone="warm">Refused to sign in</Badge>;
    case "exported":
      return `Exported ${plural(access.leads ?? 0, "lead")}`;
    case "suppressions_exported":
      return `Exported ${plural(access.leads ?? 0, "entry", "entries")} of the suppression list`;
    case "key_used":
      return "Used an API key";
  }
}

/** The names of users and keys by their ids. */
function useNames(): (id: string) => string {
  const team = useQuery(teamQuery).data?.items ?? [];
  const keys = useQuery(keysQuery).data?.items ?? [];
  const names = new Map([...team, ...keys].map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}

export function AccessLogSection() {
  const query = useInfiniteQuery(accessLogQuery);
  const nameOf = useNames();
  const entries = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="p-6 max-lg:p-4">
      <Heading note="Kept for 90 days.">Access log</Heading>
      <p className="max-w-text pb-4 text-ink-2">
        Who signed in, whose sign-in was refused, what was exported and which API keys were used. Refusals count once a
        minute and network, uses of a key once an hour. The same letters and digits stand for the same network, whose
        address is not kept.
      </p>
      <Loaded query={query} what="The access log">
        {() =>
          entries.length === 0 ? (
            <Empty title="Nothing is noted yet" className="!mx-0">
              The next sign-in appears here.
            </Empty>
          ) : (
            <>
              <Table
                className="max-w-table"
                caption={`${count(entries.length)} entries${query.hasNextPage ? ", there are more" : ""}`}
                head={
                  <>
                    <Th>When</Th>
                    <Th>Who</Th>
                    <Th>What</Th>
                    <Th wide>From</Th>
                  </>
                }
              >
                {entries.map((access) => (
                  <Row key={access.id} className="h-9 border-b">
                    <Td className="pr-3 pl-2 whitespace-nowrap text-ink-2">
                      {day(access.at)} {clock(access.at)}
                    </Td>
                    <Td className="pr-3 font-medium [overflow-wrap:anywhere]">{nameOf(access.by)}</Td>
                    <Td className="pr-3">
                      <What access={access} />
                    </Td>
                    <Td wide className="text-ink-2">
                      {access.device ? `${access.device}, ` : ""}
                      network <code>{access.network}</code>
                    </Td>
                  </Row>
                ))}
              </Table>
              {query.hasNextPage ? (
                <Button className="mt-3" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  Show more
                </Button>
              ) : null}
            </>
          )
        }
      </Loaded>
    </div>
  );
}
