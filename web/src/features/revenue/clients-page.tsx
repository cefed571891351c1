// Clients: monthly revenue, and since when.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useCampaignNames } from "@/app/enrol/queries";
import { Page, Scroll } from "@/app/shell/page";
import { day } from "@/shared/lib/format";
import { moneyList } from "@/shared/lib/money";
import { Badge } from "@/shared/ui/badge";
import { Empty, Loaded } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { RevenueTabs } from "./page";
import { type ClientView, clientsQuery } from "./queries";

export function ClientsPage() {
  const query = useQuery(clientsQuery);
  const campaigns = useCampaignNames();
  return (
    <Page title="Clients" muted={query.data ? String(query.data.items.length) : undefined}>
      <RevenueTabs value="clients" clients={query.data?.items.length} />
      <Scroll>
        <Loaded query={query} what="Clients">
          {(page) =>
            page.items.length === 0 ? (
              <Empty title="No clients yet">A lead becomes a client with the first payment.</Empty>
            ) : (
              <Table
                edge="page"
                head={
                  <>
                    <Th>Client</Th>
                    <Th wide>From campaign</Th>
                    <Th wide>Since</Th>
                    <Th end>Per month</Th>
                    <Th end>Total paid</Th>
                  </>
                }
              >
                {page.items.map((c) => (
                  <Row key={c.id} className="hover:bg-sunken max-sm:h-row-bar">
                    <Td className="max-w-65 truncate">
                      <Link to="/clients/$id" params={{ id: c.id }} className="font-medium hover:underline">
                        {c.name}
                      </Link>
                      {c.ends_at && (
                        <Badge tone="warm" className="ml-2">
                          Ends {day(c.ends_at)}
                        </Badge>
                      )}
                      {c.disputed.length > 0 && (
                        <Badge tone="bad" className="ml-2">
                          {moneyList(c.disputed)} disputed
                        </Badge>
                      )}
                    </Td>
                    <Td wide className="text-ink-2">
                      {c.campaign_id ? (campaigns[c.campaign_id] ?? "–") : "–"}
                    </Td>
                    <Td wide className="text-ink-2">
                      {day(c.since)}
                    </Td>
                    <Td end className="font-medium">
                      <MonthlyRevenue client={c} />
                    </Td>
                    <Td end className="text-ink-2">
                      {moneyList(c.collected)}
                    </Td>
                  </Row>
                ))}
              </Table>
            )
          }
        </Loaded>
      </Scroll>
    </Page>
  );
}

/** A client's revenue a month; a discount that is known by its id alone makes it unsure, and the words say so. */
function MonthlyRevenue({ client: c }: { client: ClientView }) {
  if (!c.mrr_is_unsure) return moneyList(c.mrr);
  return (
    <span title="Stripe names a discount or a price without its amount, so the true amount may differ.">
      about {moneyList(c.mrr)} <span className="text-ink-2 font-normal">(a discount is unknown)</span>
    </span>
  );
}
