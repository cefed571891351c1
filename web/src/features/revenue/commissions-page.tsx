// Commissions of a month: what each team member earned, from which payments. A rep sees their own alone.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { serverNow } from "@/api/clock";
import { useMay } from "@/app/auth/use-may";
import { useSees } from "@/app/auth/use-sees";
import { useIdentity } from "@/app/auth/use-session";
import { Page, Scroll } from "@/app/shell/page";
import { day, monthName, when } from "@/shared/lib/format";
import { type Money, money, moneyList } from "@/shared/lib/money";
import { monthAfter, monthOf, monthWords } from "@/shared/lib/months";
import { Badge } from "@/shared/ui/badge";
import { Button, IconButton } from "@/shared/ui/button";
import { ConfirmDialog } from "@/shared/ui/confirm-dialog";
import { Figures, Heading, StatTile } from "@/shared/ui/section";
import { Empty, Loaded, Together } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { toast } from "@/shared/ui/toast";
import {
  type CommissionLine,
  type CommissionPlan,
  type Commissions,
  commissionsQuery,
  type Earnings,
  linesQuery,
  type Of,
  planQuery,
  tiersWords,
  useCloseMonth,
} from "./commissions";
import { RevenueTabs } from "./page";
import { PaymentKind } from "./payment-kind";

const RatesDialog = lazy(() => import("./rates-dialog"));

const minus = (text: string) => text.replaceAll("-", "−");

export function CommissionsPage() {
  const { month = monthOf(Number(serverNow())) } = useSearch({ from: "/app/revenue/commissions" });
  const seesAll = useSees() === "all";
  const query = useQuery(commissionsQuery(month));
  const plan = useQuery(planQuery);
  return (
    <Page
      title="Commissions"
      parent={seesAll ? { to: "/revenue", label: "Revenue" } : undefined}
      muted={monthWords(month)}
    >
      {seesAll ? <RevenueTabs value="commissions" /> : null}
      <Scroll>
        <Together queries={[query, plan]} what="The commissions">
          <Loaded query={plan} what="The rates">
            {(rates) => (
              <>
                <Months month={month} commissions={query.data} plan={rates} />
                <Loaded query={query} what="The commissions">
                  {(commissions) => <OfMonth commissions={commissions} plan={rates} />}
                </Loaded>
              </>
            )}
          </Loaded>
        </Together>
      </Scroll>
    </Page>
  );
}

/** The month that is shown, the way to the others, and what may be done with it. */
function Months({ month, commissions, plan }: { month: string; commissions?: Commissions; plan: CommissionPlan }) {
  const navigate = useNavigate();
  const isAdmin = useMay("admin");
  const [open, setOpen] = useState<"rates" | "close">();
  const close = useCloseMonth();
  const go = (by: number) => void navigate({ to: "/revenue/commissions", search: { month: monthAfter(month, by) } });
  const isNow = month >= monthOf(Number(serverNow()));
  const name = monthWords(month);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-6 py-3 max-lg:px-4">
      <div className="flex items-center gap-1">
        <IconButton label="The month before" icon={<ChevronLeft size={16} />} onClick={() => go(-1)} />
        <span className="min-w-36 text-center font-medium" aria-live="polite">
          {name}
        </span>
        <IconButton label="The next month" icon={<ChevronRight size={16} />} disabled={isNow} onClick={() => go(1)} />
      </div>
      {commissions?.closed_at ? (
        <Badge tone="good">Closed {day(commissions.closed_at)}</Badge>
      ) : (
        <span className="text-ink-2">
          {isNow
            ? "So far. Refunds take back what they paid back."
            : "Open: it changes with credits, rates and refunds."}
        </span>
      )}
      <div className="ml-auto flex items-center gap-2">
        {isAdmin && commissions?.can_be_closed ? (
          <Button onClick={() => setOpen("close")}>Close {monthName(`${month}-01`)}</Button>
        ) : null}
        {isAdmin ? <Button onClick={() => setOpen("rates")}>Rates</Button> : null}
      </div>
      {open === "rates" ? (
        <Suspense>
          <RatesDialog plan={plan} onClose={() => setOpen(undefined)} />
        </Suspense>
      ) : null}
      {open === "close" ? (
        <ConfirmDialog
          title={`Close ${name}?`}
          yes={`Close ${monthName(`${month}-01`)}`}
          kind="primary"
          busy={close.isPending}
          error={close.error}
          onClose={() => setOpen(undefined)}
          onYes={() =>
            close.mutate(month, {
              onSuccess: () => {
                toast(`${name} is closed`);
                setOpen(undefined);
              },
            })
          }
        >
          The earnings of {name} then stay as they are, whatever is changed later. A later refund is taken back in the
          month in which it is made. A closed month cannot be opened again.
        </ConfirmDialog>
      ) : null}
    </div>
  );
}

function OfMonth({ commissions, plan }: { commissions: Commissions; plan: CommissionPlan }) {
  const isManager = useMay("manager");
  const me = useIdentity()?.user.id;
  const [of, setOf] = useState<Of>();
  if (!isManager) return <Own commissions={commissions} plan={plan} me={me ?? ""} />;
  const nothing = commissions.earnings.length === 0 && commissions.not_credited.length === 0;
  return (
    <div className="space-y-6 px-6 pb-6 max-lg:px-4">
      <section aria-label="Earnings">
        <Heading note={`everybody: ${tiersWords(plan.tiers, plan.currency)}`}>Earnings</Heading>
        {nothing ? (
          <Empty title="No money in this month" className="!mx-0">
            A payment is credited to the owner of its lead. It appears here as soon as it arrives.
          </Empty>
        ) : (
          <Table
            className="max-w-table"
            scrolls="Table of earnings"
            head={
              <>
                <Th>Team member</Th>
                <Th wide>Rate</Th>
                <Th end>Collected</Th>
                <Th end>Taken back</Th>
                <Th end>Earned</Th>
              </>
            }
          >
            {commissions.earnings.map((one) => (
              <EarningsRow key={one.user} earnings={one} plan={plan} onOpen={() => setOf({ user: one.user })} />
            ))}
            {commissions.not_credited.length ? (
              <Row>
                <Td>
                  <button type="button" className="font-medium hover:underline" onClick={() => setOf("nobody")}>
                    Nobody yet
                  </button>
                </Td>
                <Td wide className="text-ink-2">
                  credit a client on its page
                </Td>
                <Td end>{minus(moneyList(commissions.not_credited))}</Td>
                <Td end>–</Td>
                <Td end>–</Td>
              </Row>
            ) : null}
          </Table>
        )}
      </section>
      {of ? (
        <Lines
          key={of === "nobody" ? of : of.user}
          month={commissions.month}
          of={of}
          title={
            of === "nobody"
              ? "Credited to nobody"
              : `Payments of ${commissions.earnings.find((one) => one.user === of.user)?.name ?? "the member"}`
          }
        />
      ) : null}
    </div>
  );
}

function EarningsRow({ earnings, plan, onOpen }: { earnings: Earnings; plan: CommissionPlan; onOpen: () => void }) {
  return (
    <Row>
      <Td>
        <button type="button" className="font-medium hover:underline" onClick={onOpen}>
          {earnings.name}
        </button>
      </Td>
      <Td wide className="text-ink-2">
        {tiersWords(earnings.tiers, plan.currency)}
      </Td>
      <Td end>{minus(moneyList(earnings.credited))}</Td>
      <Td end className="text-ink-2">
        {minus(moneyList(earnings.taken_back))}
      </Td>
      <Td end className="font-medium">
        {minus(moneyList(earnings.earned))}
      </Td>
    </Row>
  );
}

/** What a rep earned, and from which payments. */
function Own({ commissions, plan, me }: { commissions: Commissions; plan: CommissionPlan; me: string }) {
  const own = commissions.earnings.find((one) => one.user === me);
  const tiers = plan.own.find((one) => one.user === me)?.tiers ?? plan.tiers;
  return (
    <>
      <Figures className="mx-6 max-lg:mx-4">
        <StatTile
          label="Earned"
          figure={minus(moneyList(own?.earned ?? []))}
          note={tiersWords(own?.tiers ?? tiers, plan.currency)}
        />
        <StatTile
          label="Collected from your clients"
          figure={minus(moneyList(own?.credited ?? []))}
          note="after refunds"
        />
        <StatTile label="Taken back" figure={minus(moneyList(own?.taken_back ?? []))} note="refunds and chargebacks" />
      </Figures>
      <div className="px-6 py-4 max-lg:px-4">
        <Lines month={commissions.month} of={{ user: me }} title="Payments" />
      </div>
    </>
  );
}

function Lines({ month, of, title }: { month: string; of: Of; title: string }) {
  const query = useQuery(linesQuery(month, of));
  const seesAll = useSees() === "all";
  return (
    <section aria-label={title}>
      <Heading note="newest first">{title}</Heading>
      <Loaded query={query} what="The payments">
        {({ items, total }) =>
          items.length === 0 ? (
            <Empty title="No payment in this month" className="!mx-0">
              A payment appears here as soon as it arrives.
            </Empty>
          ) : (
            <>
              <Table
                className="max-w-table"
                scrolls="Table of payments"
                head={
                  <>
                    <Th>When</Th>
                    <Th>Client</Th>
                    <Th wide>Kind</Th>
                    <Th end>Amount</Th>
                    <Th end>Share</Th>
                  </>
                }
              >
                {items.map((line) => (
                  <Row key={line.id}>
                    <Td className="text-ink-2">{when(line.at)}</Td>
                    <Td>
                      {seesAll ? (
                        <Link to="/clients/$id" params={{ id: line.client_id }} className="font-medium hover:underline">
                          {line.client_name ?? "Client"}
                        </Link>
                      ) : (
                        (line.client_name ?? "Client")
                      )}
                    </Td>
                    <Td wide>
                      <PaymentKind kind={line.kind} />
                    </Td>
                    <Td end className="text-ink-2">
                      {minus(money(line.amount))}
                    </Td>
                    <Td end className="font-medium">
                      {shareWords(line, of)}
                    </Td>
                  </Row>
                ))}
              </Table>
              {total && total > items.length ? (
                <p className="pt-2 text-meta text-ink-3">
                  The latest {items.length} of {total} payments.
                </p>
              ) : null}
            </>
          )
        }
      </Loaded>
    </section>
  );
}

function shareWords(line: CommissionLine, of: Of): string {
  if (of === "nobody") return "–";
  const own = line.shares.find((share) => share.user === of.user);
  if (!own) return "–";
  const amount = minus(money(own.amount as Money));
  return own.percent === 100 ? amount : `${amount} (${own.percent} %)`;
}
