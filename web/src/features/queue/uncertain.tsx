// Messages of which nobody knows whether they were delivered, of campaigns, in bulk and by hand: what is known, and the answer
// that a user can give.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useCampaignNames } from "@/app/enrol/queries";
import { useStats } from "@/app/shell/queries";
import { ReconcileUncertain } from "@/app/timeline/reconcile";
import { count, plural, when } from "@/shared/lib/format";
import { CHANNEL_WORDS } from "@/shared/lib/labels";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Loaded } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { accountsQuery, type UncertainMessage, uncertainQuery } from "./queries";

export function Uncertain() {
  const query = useInfiniteQuery(uncertainQuery);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const counted = useStats().data?.uncertain ?? 0;
  // A message that is being sent is uncertain until its provider has answered.
  const underWay = query.hasNextPage ? 0 : counted - items.length;
  if (query.data && !items.length && underWay <= 0) return null;
  return (
    <section aria-label="Delivery uncertain" className="border-t px-6 pb-4 max-lg:px-4">
      <Heading note={items.length ? `${query.hasNextPage ? "at least " : ""}${count(items.length)}` : undefined}>
        Delivery uncertain
      </Heading>
      <Loaded query={query} what="The uncertain messages">
        {() => (
          <>
            {items.length ? <Messages items={items} /> : null}
            {underWay > 0 ? (
              <p className="mt-1 text-ink-2">
                {plural(underWay, "message is", "messages are")} being sent or checked. What stays uncertain is listed
                here within a few minutes.
              </p>
            ) : null}
            {query.hasNextPage ? (
              <Button className="mt-2" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                Show more
              </Button>
            ) : null}
          </>
        )}
      </Loaded>
    </section>
  );
}

function Messages({ items }: { items: UncertainMessage[] }) {
  const campaigns = useCampaignNames();
  const accounts = useQuery(accountsQuery).data?.items ?? [];
  const by = (m: UncertainMessage): ReactNode =>
    m.campaign_id ? (
      <>
        <Link to="/campaigns/$id" params={{ id: m.campaign_id }} className="hover:underline">
          {campaigns[m.campaign_id] ?? "A campaign"}
        </Link>
        {typeof m.step === "number" ? `, step ${m.step + 1}` : ""}
      </>
    ) : m.bulk_message_id ? (
      "In bulk"
    ) : (
      "By hand"
    );
  return (
    <Table
      scrolls="Delivery uncertain, table"
      className="sm:min-w-table"
      head={
        <>
          <Th>Lead</Th>
          <Th>Message</Th>
          <Th wide>Sent</Th>
          <Th wide>What is known</Th>
          <Th>Did it arrive?</Th>
        </>
      }
    >
      {items.map((m) => {
        const account = accounts.find(({ id }) => id === m.account_id)?.name ?? "the provider";
        const known = `Handed to ${account} ${when(m.tried_at)}; no answer came.`;
        return (
          <Row key={m.id}>
            <Td className="py-1 break-words max-sm:max-w-27.5">
              <Link to="/leads/$id" params={{ id: m.lead_id }} className="font-medium hover:underline">
                {m.lead_name}
              </Link>
            </Td>
            <Td className="py-1 break-words max-sm:max-w-27.5">
              {m.subject || CHANNEL_WORDS[m.channel]}
              <span className="block text-meta text-ink-3 sm:hidden">{known}</span>
            </Td>
            <Td wide>{by(m)}</Td>
            <Td wide className="text-ink-2">
              {known}
            </Td>
            <Td className="py-1">
              <ReconcileUncertain message={m.id} who={m.lead_name} checkingUntil={m.checking_until} />
            </Td>
          </Row>
        );
      })}
    </Table>
  );
}
