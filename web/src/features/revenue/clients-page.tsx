// Clients: who pays, how much a month, since when.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useCampaignNames } from "@/app/enrol/queries";
import { Page, Scroll } from "@/app/shell/page";
import { day, money } from "@/shared/lib/format";
import { Empty, Loaded } from "@/shared/ui/states";
import { RevenueTabs } from "./page";
import { clientsQuery } from "./queries";

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
              <Empty title="There is no client yet">A lead becomes a client with the first payment.</Empty>
            ) : (
              <table className="w-full">
                <thead>
                  <tr className="h-8 border-b bg-canvas text-left text-ink-2">
                    <th className="pr-3 pl-6 font-normal max-lg:pl-4">Client</th>
                    <th className="pr-3 font-normal max-sm:hidden">From campaign</th>
                    <th className="pr-3 font-normal max-sm:hidden">Since</th>
                    <th className="pr-3 text-right font-normal">A month</th>
                    <th className="pr-6 text-right font-normal max-lg:pr-4">Paid so far</th>
                  </tr>
                </thead>
                <tbody>
                  {page.items.map((c) => (
                    <tr key={c.id} className="h-9 border-b hover:bg-sunken max-sm:h-[52px]">
                      <td className="max-w-[260px] truncate pr-3 pl-6 max-lg:pl-4">
                        {c.lead_id ? (
                          <Link to="/leads/$id" params={{ id: c.lead_id }} className="font-medium hover:underline">
                            {c.name}
                          </Link>
                        ) : (
                          <span className="font-medium">{c.name}</span>
                        )}
                      </td>
                      <td className="pr-3 text-ink-2 max-sm:hidden">
                        {c.campaign_id ? (campaigns[c.campaign_id] ?? "–") : "–"}
                      </td>
                      <td className="pr-3 text-ink-2 max-sm:hidden">{day(c.since)}</td>
                      <td className="pr-3 text-right font-medium">{money(c.mrr)}</td>
                      <td className="pr-6 text-right text-ink-2 max-lg:pr-4">{money(c.collected)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )
          }
        </Loaded>
      </Scroll>
    </Page>
  );
}
