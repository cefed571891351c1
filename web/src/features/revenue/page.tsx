// Revenue: monthly recurring revenue, its movements, and each payment.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMay } from "@/app/auth/use-may";
import { Page, Scroll } from "@/app/shell/page";
import { Bars } from "@/shared/charts/bars";
import { Movements } from "@/shared/charts/movements";
import { count, monthName, plural, when } from "@/shared/lib/format";
import { money } from "@/shared/lib/money";
import { Figures, Heading, StatTile } from "@/shared/ui/section";
import { Empty, Loaded } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { Tabs } from "@/shared/ui/tabs";
import { PaymentKind } from "./payment-kind";
import { type CurrencyRevenue, revenueQuery, type TransactionView } from "./queries";

/** The projection is the mean of so many months. */
const MONTHS_OF_TREND = 3;

const PLACES = { overview: "/revenue", clients: "/clients", commissions: "/revenue/commissions" } as const;

export function RevenueTabs({ value, clients }: { value: "overview" | "clients" | "commissions"; clients?: number }) {
  const navigate = useNavigate();
  return (
    <Tabs
      label="Revenue"
      value={value}
      onChange={(id) => void navigate({ to: PLACES[id] })}
      items={[
        { id: "overview", label: "Overview" },
        { id: "clients", label: "Clients", count: clients === undefined ? undefined : count(clients) },
        ...(useMay("rep") ? [{ id: "commissions" as const, label: "Commissions" }] : []),
      ]}
    />
  );
}

export function RevenuePage() {
  const revenue = useQuery(revenueQuery);
  return (
    <Page title="Revenue" muted="monthly recurring">
      <RevenueTabs value="overview" clients={revenue.data?.figures.clients} />
      <Scroll>
        <Loaded query={revenue} what="Revenue">
          {({ figures, payments }) => {
            // The provider reports a subscription before its first payment.
            const hasNothing = figures.currencies.every((r) => r.collected.amount_minor === 0);
            const isPaying = figures.clients > 0 && payments.length === 0 && hasNothing;
            const several = figures.currencies.length > 1;
            return (
              <>
                {figures.unsure > 0 && (
                  <p role="note" className="mx-6 mb-2 text-ink-2 max-lg:mx-4">
                    {plural(figures.unsure, "client")} with a discount or a price that Stripe names without its amount:
                    the true monthly revenue may differ. <Link to="/clients">See the clients</Link>
                  </p>
                )}
                {figures.currencies.map((r) => (
                  <InCurrency
                    key={r.currency}
                    revenue={r}
                    clients={several ? r.subscribed : figures.clients}
                    title={several ? r.currency : undefined}
                    isPaying={isPaying}
                  />
                ))}
                <Payments items={payments} isComing={isPaying} />
              </>
            );
          }}
        </Loaded>
      </Scroll>
    </Page>
  );
}

/** Whether there was revenue for three months: one month's new clients are no trend. */
export function hasTrend({ months }: Pick<CurrencyRevenue, "months">): boolean {
  const began = months.findIndex(
    (m) => m.mrr_minor || m.new_minor || m.expansion_minor || m.contraction_minor || m.churn_minor,
  );
  return began >= 0 && months.length - began >= MONTHS_OF_TREND;
}

/** The revenue in one currency; different currencies are never added. */
function InCurrency({
  revenue: r,
  clients,
  title,
  isPaying,
}: {
  revenue: CurrencyRevenue;
  clients: number;
  /** The currency, where there are several. */
  title?: string;
  isPaying: boolean;
}) {
  const amount = (minor: number) => money({ amount_minor: minor, currency: r.currency });
  const trend = hasTrend(r);
  const now = r.months.at(-1);
  const net = now?.net_minor ?? 0;
  const lost = now ? now.contraction_minor + now.churn_minor : 0;
  const label = now ? monthName(`${now.month}-01`) : "";
  const collected = now ? `${amount(now.collected_minor)} in ${label}` : undefined;
  const disputed = r.disputed.amount_minor > 0 ? `${money(r.disputed)} of it disputed` : undefined;
  return (
    <section aria-label={title ? `Revenue in ${title}` : "Revenue"}>
      {title && <Heading className="px-6 max-lg:px-4">{title}</Heading>}
      <Figures className="mx-6 max-lg:mx-4">
        <StatTile
          label="Monthly revenue"
          figure={money(r.mrr)}
          change={net > 0 ? `+${amount(net)}` : undefined}
          note={
            r.ending.amount_minor > 0
              ? `${money(r.ending)} of it is cancelled and ends`
              : now
                ? `in ${label}`
                : undefined
          }
        />
        <StatTile
          label="Clients"
          figure={count(clients)}
          note={r.subscribed ? `${money(r.average_per_client)} each on average` : undefined}
        />
        <StatTile label={`Lost in ${label || "this month"}`} figure={amount(lost)} note="downgrades and churn" />
        <StatTile
          label="Collected"
          figure={money(r.collected)}
          note={isPaying ? "the first payment is on its way" : (disputed ?? collected)}
        />
      </Figures>
      <div className="grid border-b px-6 max-lg:px-4 xl:grid-cols-2 xl:gap-10">
        <section aria-label="MRR movements" className="pb-4">
          <Heading note={`${r.currency} per month, in UTC`}>MRR movements</Heading>
          {r.months.some((m) => m.new_minor || m.expansion_minor || m.contraction_minor || m.churn_minor) ? (
            <Movements
              label="Monthly revenue gained and lost"
              format={amount}
              data={r.months.map((m) => ({
                key: m.month,
                label: monthName(`${m.month}-01`, "short"),
                gains: [
                  { name: "New", value: m.new_minor },
                  { name: "Upgrades", value: m.expansion_minor },
                ],
                losses: [
                  { name: "Downgrades", value: m.contraction_minor },
                  { name: "Churn", value: m.churn_minor },
                ],
              }))}
            />
          ) : (
            <p className="text-ink-2">
              No movements in these months. The first subscription appears here as soon as its payment arrives.
            </p>
          )}
        </section>
        <section aria-label="Projection" className="pb-4">
          <Heading
            note={
              trend
                ? "month-end values, then the trend of the last three months"
                : "month-end values; a trend needs three months with revenue"
            }
          >
            Projection
          </Heading>
          {r.mrr.amount_minor > 0 ? (
            <Bars
              label="Monthly revenue"
              width={560}
              height={200}
              format={(n) => amount(Math.round(n / 100) * 100)}
              data={[
                ...r.months.map((m) => ({
                  key: m.month,
                  label: monthName(`${m.month}-01`, "short"),
                  value: m.mrr_minor,
                })),
                ...r.projection.slice(0, trend ? 3 : 0).map((m) => ({
                  key: m.month,
                  label: monthName(`${m.month}-01`, "short"),
                  value: 0,
                  planned: m.mrr_minor,
                })),
              ]}
            />
          ) : (
            <p className="text-ink-2">Nothing to project yet.</p>
          )}
        </section>
      </div>
    </section>
  );
}

function Payments({ items, isComing }: { items: TransactionView[]; isComing: boolean }) {
  return (
    <section aria-label="Payments" className="px-6 pb-6 max-lg:px-4">
      <Heading note="newest first">Payments</Heading>
      {items.length === 0 ? (
        isComing ? (
          <Empty title="The first payment is on its way" className="!mx-0">
            A customer has subscribed. Their payment appears here as soon as it arrives.
          </Empty>
        ) : (
          <Empty title="No payment yet" className="!mx-0">
            Connect Stripe in Settings. Each payment then becomes a transaction, a client and monthly revenue.
          </Empty>
        )
      ) : (
        <Table
          className="max-w-table"
          head={
            <>
              <Th>When</Th>
              <Th>Client</Th>
              <Th>Kind</Th>
              <Th end>Amount</Th>
            </>
          }
        >
          {items.map((t) => (
            <Row key={t.id}>
              <Td className="text-ink-2">{when(t.at)}</Td>
              <Td>
                <Link to="/clients/$id" params={{ id: t.client_id }} className="font-medium hover:underline">
                  {t.client_name ?? "Client"}
                </Link>
              </Td>
              <Td>
                <PaymentKind kind={t.kind} />
              </Td>
              <Td end className="font-medium">
                {money(t.amount).replace("-", "−")}
              </Td>
            </Row>
          ))}
        </Table>
      )}
    </section>
  );
}
