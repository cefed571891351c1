// One client: what it pays a month, its payments and refunds, disputes, subscriptions. Currencies stand beside each other.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import type { Schema } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { teamQuery } from "@/app/shared-queries";
import { Page, Scroll } from "@/app/shell/page";
import { day, when, words } from "@/shared/lib/format";
import { type Money, money, moneyList } from "@/shared/lib/money";
import { Badge, type Tone } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Figures, Heading, StatTile } from "@/shared/ui/section";
import { Empty, Loaded, Together } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { PaymentKind } from "./payment-kind";
import { type ClientDetail, clientQuery } from "./queries";

export function ClientPage() {
  const { id } = useParams({ from: "/app/clients/$id" });
  const query = useQuery(clientQuery(id));
  const team = useQuery(teamQuery);
  return (
    <Page title={query.data?.client.name ?? "Client"} parent={{ to: "/clients", label: "Clients" }}>
      <Scroll>
        <Together queries={[query, team]} what="This client">
          <Loaded query={query} what="This client" page>
            {(detail) => <Detail detail={detail} />}
          </Loaded>
        </Together>
      </Scroll>
    </Page>
  );
}

/** The sums of amounts, one for each currency: different currencies are never added. */
export function sums(amounts: Money[]): Money[] {
  const by = new Map<string, number>();
  for (const { currency, amount_minor } of amounts) by.set(currency, (by.get(currency) ?? 0) + amount_minor);
  return [...by].map(([currency, amount_minor]) => ({ currency, amount_minor }));
}

const positive = ({ currency, amount_minor }: Money): Money => ({ currency, amount_minor: Math.abs(amount_minor) });

function Detail({ detail: { client: c, subscriptions, disputes, transactions } }: { detail: ClientDetail }) {
  const back = transactions.filter((t) => t.kind === "refund").map((t) => positive(t.amount));
  return (
    <>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 px-6 pt-3 text-ink-2 max-lg:px-4 [overflow-wrap:anywhere]">
        <span>Client since {when(c.since)}</span>
        {c.email ? <span>{c.email}</span> : null}
        {c.lead_id ? (
          <Link to="/leads/$id" params={{ id: c.lead_id }} className="font-medium text-accent-ink hover:underline">
            Open lead
          </Link>
        ) : (
          <span>No lead has this address</span>
        )}
      </p>
      <Figures className="mx-6 max-lg:mx-4">
        <StatTile
          label="Per month"
          figure={moneyList(c.mrr)}
          note={
            c.ends_at
              ? `${moneyList(c.ending)} ends ${day(c.ends_at)}`
              : c.mrr_is_unsure
                ? "a discount or price is unknown"
                : undefined
          }
        />
        <StatTile
          label="Collected"
          figure={moneyList(c.collected)}
          note={c.disputed.length ? `${moneyList(c.disputed)} of it disputed` : "after refunds and chargebacks"}
        />
        <StatTile label="Refunded" figure={moneyList(sums(back))} />
      </Figures>
      <div className="space-y-6 px-6 pb-6 max-lg:px-4">
        <Credits client={c} />
        <Subscriptions items={subscriptions} />
        {disputes.length ? <Disputes items={disputes} /> : null}
        <Payments items={transactions} />
      </div>
    </>
  );
}

const CreditsDialog = lazy(() => import("./credits-dialog"));

/** The team members who earn a commission on what the client pays. */
function Credits({ client }: { client: ClientDetail["client"] }) {
  const may = useMay("manager");
  const team = useQuery(teamQuery).data?.items ?? [];
  const [open, setOpen] = useState(false);
  const name = (user: string) => team.find((member) => member.id === user)?.name ?? "A former member";
  const each = client.credits.map(({ user, percent }) => (percent === 100 ? name(user) : `${name(user)} ${percent} %`));
  return (
    <section aria-label="Credited to">
      <Heading aside={may ? <Button onClick={() => setOpen(true)}>Change</Button> : undefined}>Credited to</Heading>
      <p className="text-ink-2">
        {each.join(", ") || "Nobody yet. The owner of its lead is credited with its next payment."}
      </p>
      {open ? (
        <Suspense>
          <CreditsDialog client={client} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </section>
  );
}

const SUBSCRIPTION_TONES: Record<Schema["SubscriptionStatus"], Tone> = {
  active: "good",
  trialing: "accent",
  past_due: "warm",
  unpaid: "bad",
  paused: "held",
  canceled: "plain",
  incomplete: "plain",
};

function Subscriptions({ items }: { items: ClientDetail["subscriptions"] }) {
  return (
    <section aria-label="Subscriptions">
      <Heading>Subscriptions</Heading>
      {items.length === 0 ? (
        <p className="text-ink-2">No subscription. This client pays once at a time.</p>
      ) : (
        <Table
          className="max-w-table"
          head={
            <>
              <Th>Status</Th>
              <Th wide>Since</Th>
              <Th>Ends</Th>
              <Th end>Per month</Th>
            </>
          }
        >
          {items.map((s) => (
            <Row key={s.id}>
              <Td>
                <Badge tone={SUBSCRIPTION_TONES[s.status]}>{s.status === "canceled" ? "Ended" : words(s.status)}</Badge>
              </Td>
              <Td wide className="text-ink-2">
                {day(s.started_at)}
              </Td>
              <Td className="text-ink-2">
                {s.ended_at ? day(s.ended_at) : s.ends_at ? `${day(s.ends_at)}, cancelled` : "–"}
              </Td>
              <Td end className="font-medium">
                {s.is_unsure ? "about " : ""}
                {money(s.monthly)}
              </Td>
            </Row>
          ))}
        </Table>
      )}
    </section>
  );
}

const OUTCOMES: Record<Schema["DisputeOutcome"], { word: string; tone: Tone }> = {
  open: { word: "Open", tone: "warm" },
  won: { word: "Won", tone: "good" },
  lost: { word: "Lost", tone: "bad" },
};

function Disputes({ items }: { items: ClientDetail["disputes"] }) {
  return (
    <section aria-label="Disputes">
      <Heading note="the client asked the bank for the money back">Disputes</Heading>
      <Table
        className="max-w-table"
        head={
          <>
            <Th>When</Th>
            <Th>State</Th>
            <Th wide>Reason</Th>
            <Th end>Amount</Th>
          </>
        }
      >
        {items.map((d) => (
          <Row key={d.id}>
            <Td className="text-ink-2">{when(d.at)}</Td>
            <Td>
              <Badge tone={OUTCOMES[d.outcome].tone}>{OUTCOMES[d.outcome].word}</Badge>
              {d.outcome === "open" && d.due_by ? (
                <span className="ml-2 text-meta text-ink-2">evidence until {day(d.due_by)}</span>
              ) : null}
            </Td>
            <Td wide className="text-ink-2">
              {d.reason ? words(d.reason) : "–"}
            </Td>
            <Td end className="font-medium">
              {money(d.amount)}
            </Td>
          </Row>
        ))}
      </Table>
    </section>
  );
}

function Payments({ items }: { items: ClientDetail["transactions"] }) {
  return (
    <section aria-label="Payments">
      <Heading note="newest first">Payments</Heading>
      {items.length === 0 ? (
        <Empty title="No payment yet" className="!mx-0">
          A payment appears here as soon as Stripe reports it. Only the workspace's latest 1,000 payments are searched.
        </Empty>
      ) : (
        <Table
          className="max-w-table"
          head={
            <>
              <Th>When</Th>
              <Th>Kind</Th>
              <Th end>Amount</Th>
            </>
          }
        >
          {items.map((t) => (
            <Row key={t.id}>
              <Td className="text-ink-2">{when(t.at)}</Td>
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
