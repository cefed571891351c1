// Held leads of all campaigns: why, until when, and a link to each of them.
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { client, unwrap } from "@/api/client";
import { SLOW_MS } from "@/api/query";
import type { Schema } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { useWorkspaceZone } from "@/app/shell/queries";
import { count } from "@/shared/lib/format";
import { HOLD_WORDS, optionsOf, untilWords } from "@/shared/lib/labels";
import { STEP_WORDS } from "@/shared/lib/step-kinds";
import { State } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { later } from "@/shared/ui/later";
import { Heading } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import { Empty, Loaded } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { HeldCampaigns } from "./held-campaigns";

type Why = { open: boolean; campaign?: string; lead?: string; onClose: () => void };
const WhyDrawer = later<Why>(() => import("@/app/timeline/why").then((m) => m.WhyDrawer));

type HeldPerson = Schema["HeldPerson"];

export const heldQuery = (reason: string) =>
  infiniteQueryOptions({
    queryKey: ["campaigns", "held", reason],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: cursor, signal }) =>
      unwrap(
        client.GET("/api/campaigns/held", {
          params: { query: { limit: 50, cursor, reason: (reason || undefined) as never } },
          signal,
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: SLOW_MS,
  });

const REASONS = [{ value: "", label: "Any reason" }, ...optionsOf(HOLD_WORDS)];

export function HeldPeople() {
  const may = useMay("rep");
  const [reason, setReason] = useState("");
  const [why, setWhy] = useState<HeldPerson>();
  const query = useInfiniteQuery(heldQuery(reason));
  const people = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data?.pages[0]?.total ?? 0;
  // The API's count is over all reasons.
  const ofReason = query.hasNextPage ? `at least ${count(people.length)}` : count(people.length);
  const many = reason ? (people.length ? ofReason : undefined) : total ? `about ${count(total)}` : undefined;
  return (
    <section aria-label="Held" className="border-t px-6 pb-4 max-lg:px-4">
      <Heading
        note={many ? `${many}, in all campaigns` : undefined}
        aside={
          <Select
            aria-label="Hold reason"
            bare
            value={reason}
            options={REASONS}
            onValue={setReason}
            className="w-55 max-sm:w-[170px]"
          />
        }
      >
        Held
      </Heading>
      <Loaded query={query} what="The held leads">
        {() => (
          <>
            {may ? <HeldCampaigns people={people} reason={reason} more={query.hasNextPage} /> : null}
            {people.length ? (
              <HeldTable people={people} ask={setWhy} />
            ) : query.hasNextPage ? null : (
              <Empty title={reason ? "No leads held for this reason" : "No leads held"} className="!mx-0 !mt-1">
                Leads who cannot be contacted for now appear here, with the reason and what ends the hold.
              </Empty>
            )}
            {query.hasNextPage ? (
              <Button className="mt-2" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {people.length ? "Show more" : "Search further"}
              </Button>
            ) : null}
          </>
        )}
      </Loaded>
      <WhyDrawer
        open={why !== undefined}
        campaign={why?.campaign_id}
        lead={why?.lead_id}
        onClose={() => setWhy(undefined)}
      />
    </section>
  );
}

function HeldTable({ people, ask }: { people: HeldPerson[]; ask: (one: HeldPerson) => void }) {
  const zone = useWorkspaceZone();
  return (
    <Table
      scrolls="Held, table"
      className="sm:min-w-table"
      head={
        <>
          <Th>Lead</Th>
          <Th>Reason</Th>
          <Th wide>Until</Th>
          <Th wide>Step</Th>
          <Th wide>Campaign</Th>
          <Th className="w-14">
            <span className="sr-only">Why</span>
          </Th>
        </>
      }
    >
      {people.map((one) => (
        <Row key={`${one.campaign_id}-${one.lead_id}`}>
          <Td className="py-1 break-words max-sm:max-w-27.5">
            <Link to="/leads/$id" params={{ id: one.lead_id }} className="font-medium hover:underline">
              {one.lead_name}
            </Link>
            {one.company && one.company !== one.lead_name ? (
              <span className="ml-2 text-ink-2 max-sm:hidden">{one.company}</span>
            ) : null}
          </Td>
          <Td className="py-1">
            <State className="max-sm:whitespace-normal" tone={one.hold_reason === "uncertain" ? "wait" : "held"}>
              {one.hold_reason ? HOLD_WORDS[one.hold_reason] : "Held"}
            </State>
            <span className="block text-meta text-ink-3 sm:hidden">{untilWords(one, zone)}</span>
          </Td>
          <Td wide>{untilWords(one, zone)}</Td>
          <Td wide className="whitespace-nowrap text-ink-2">
            {one.step + 1}
            {one.step_kind ? `, ${STEP_WORDS[one.step_kind]}` : ""}
          </Td>
          <Td wide>
            <Link to="/campaigns/$id" params={{ id: one.campaign_id }} className="hover:underline">
              {one.campaign_name}
            </Link>
          </Td>
          <Td end>
            <Button size="sm" kind="quiet" aria-label={`Why: ${one.lead_name}`} onClick={() => ask(one)}>
              Why
            </Button>
          </Td>
        </Row>
      ))}
    </Table>
  );
}
