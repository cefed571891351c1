// What look-ups, models and phone calls have cost in a month, the caps, and the prices.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { serverNow } from "@/api/clock";
import { useMay } from "@/app/auth/use-may";
import { teamQuery } from "@/app/shared-queries";
import { count } from "@/shared/lib/format";
import { cents, dollars, providerName } from "@/shared/lib/spend";
import { Button } from "@/shared/ui/button";
import { ProgressBar } from "@/shared/ui/progress";
import { Heading } from "@/shared/ui/section";
import { Select } from "@/shared/ui/select";
import { Empty, Loaded, Together } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { AiUsageSection, daysUpTo, type Period } from "./ai-usage";
import { aiUsageQuery, columnNamesQuery, lastMonths, likely, monthWords, type Spend, spendQuery } from "./spend";
import { CapsDialog } from "./spend-dialogs";
import { SpendPrices } from "./spend-prices";

export function SpendSection() {
  const [month, setMonth] = useState<string>();
  const [period, setPeriod] = useState<Period>("30");
  const query = useQuery(spendQuery(month));
  const { from, to } = daysUpTo(new Date(serverNow()), period);
  const usage = useQuery(aiUsageQuery(from, to));
  const months = lastMonths(new Date(serverNow()));
  return (
    <div className="max-w-table space-y-6 p-6 max-lg:p-4">
      <Together queries={[query, usage]} what="The month's cost">
        <Loaded query={query} what="The month's cost">
          {(spend) => (
            <Month
              spend={spend}
              choice={
                <Select
                  aria-label="Month"
                  value={month ?? months[0] ?? spend.month}
                  options={months.map((value) => ({ value, label: monthWords(value) }))}
                  onValue={(next) => setMonth(next === months[0] ? undefined : next)}
                />
              }
            />
          )}
        </Loaded>
        <AiUsageSection query={usage} period={period} onPeriod={setPeriod} />
        {query.data ? <SpendPrices spend={query.data} /> : null}
      </Together>
    </div>
  );
}

function Month({ spend, choice }: { spend: Spend; choice: React.ReactNode }) {
  const may = useMay("admin");
  const [open, setOpen] = useState(false);
  const { spent, reserved, month_cap: cap } = spend;
  const pace = likely(spend, new Date(serverNow()));
  return (
    <section>
      <Heading
        note="Look-ups, models, runs and phone calls, as the providers bill them."
        aside={
          <>
            {choice}
            {may ? <Button onClick={() => setOpen(true)}>Change the caps</Button> : null}
          </>
        }
      >
        Spent
      </Heading>
      <ProgressBar
        className="mt-3 !h-2"
        label="Spent and reserved of the month's cap"
        total={cap ?? spent + reserved}
        parts={[
          { value: spent, className: "bg-accent", label: `${cents(spent)} spent` },
          { value: reserved, className: "bg-accent-soft", label: `${cents(reserved)} reserved` },
        ]}
      />
      <p className="mt-2 flex flex-wrap gap-x-4 gap-y-1">
        <span>
          <b>{cents(spent)}</b> spent
        </span>
        {reserved ? (
          <span>
            <b>{cents(reserved)}</b> reserved for calls under way
          </span>
        ) : null}
        {pace !== undefined && spent > 0 ? (
          <span>
            <b>{cents(pace)}</b> likely by the end of the month
          </span>
        ) : null}
        <span>{cap === null || cap === undefined ? "no cap" : <b>{dollars(cap)} cap</b>}</span>
      </p>
      <p className="mt-1 text-meta text-ink-3">
        No call is made past the cap.{" "}
        {typeof spend.user_cap === "number"
          ? `Each user's own requests to models stop at ${dollars(spend.user_cap)} a month.`
          : "Users have no cap of their own."}
      </p>
      {spend.providers.length === 0 ? (
        <Empty title="Nothing was spent" className="!mx-0 mt-4">
          Columns that look people up, prospect searches, models and phone calls cost money. What they cost in{" "}
          {monthWords(spend.month)} is listed here.
        </Empty>
      ) : (
        <Providers spend={spend} />
      )}
      <Users spend={spend} />
      <Columns spend={spend} />
      <Campaigns spend={spend} />
      {open ? <CapsDialog spend={spend} onClose={() => setOpen(false)} /> : null}
    </section>
  );
}

function Providers({ spend }: { spend: Spend }) {
  const cell = ({ calls, amount }: { calls: number; amount: number }) =>
    calls ? (
      <>
        {count(calls)} <span className="text-ink-3">{cents(amount)}</span>
      </>
    ) : (
      <span className="text-ink-3">–</span>
    );
  return (
    <Table
      edge="none"
      className="mt-4"
      caption="Cost by provider"
      scrolls="Cost by provider"
      headLine
      head={
        <>
          <Th>Provider</Th>
          <Th end>Found</Th>
          <Th end>Not found</Th>
          <Th end>No answer</Th>
          <Th end>Cost</Th>
        </>
      }
    >
      {spend.providers.map(({ provider, hits, misses, lost }) => (
        <Row key={provider}>
          <Th scope="row" className="font-medium">
            {providerName(provider)}
          </Th>
          <Td end>{cell(hits)}</Td>
          <Td end>{cell(misses)}</Td>
          <Td end>{cell(lost)}</Td>
          <Td end className="font-medium">
            {cents(hits.amount + misses.amount + lost.amount)}
          </Td>
        </Row>
      ))}
    </Table>
  );
}

function Users({ spend }: { spend: Spend }) {
  const team = useQuery({ ...teamQuery, enabled: spend.users.length > 0 }).data?.items ?? [];
  if (spend.users.length === 0) return null;
  return (
    <Table
      edge="none"
      className="mt-4"
      caption="Cost by user"
      headLine
      head={
        <>
          <Th>User</Th>
          <Th end>Models</Th>
        </>
      }
    >
      {spend.users.map(({ user, spent }) => (
        <Row key={user}>
          <Th scope="row" className="font-medium">
            {team.find((member) => member.id === user)?.name ?? "A former member"}
          </Th>
          <Td end>{cents(spent)}</Td>
        </Row>
      ))}
    </Table>
  );
}

function Columns({ spend }: { spend: Spend }) {
  const columns = useQuery({ ...columnNamesQuery, enabled: spend.columns.length > 0 }).data?.items ?? [];
  if (spend.columns.length === 0) return null;
  return (
    <Table
      edge="none"
      className="mt-4"
      caption="Cost by column, filled automatically"
      headLine
      head={
        <>
          <Th>Column</Th>
          <Th end>Cost</Th>
        </>
      }
    >
      {spend.columns.map(({ column, spent }) => (
        <Row key={column}>
          <Th scope="row" className="font-medium">
            {columns.find(({ id }) => id === column)?.name ?? "A deleted column"}
          </Th>
          <Td end>{cents(spent)}</Td>
        </Row>
      ))}
    </Table>
  );
}

/** What models cost for campaigns since they began, beside their budgets. */
function Campaigns({ spend }: { spend: Spend }) {
  if (spend.campaigns.length === 0) return null;
  return (
    <Table
      edge="none"
      className="mt-4"
      caption="Budgets of campaigns"
      scrolls="Budgets of campaigns"
      headLine
      head={
        <>
          <Th>Campaign</Th>
          <Th end>Budget</Th>
          <Th end>Reserved</Th>
          <Th end>Spent in all</Th>
        </>
      }
    >
      {spend.campaigns.map(({ campaign, name, budget, spent, reserved }) => (
        <Row key={campaign}>
          <Th scope="row" className="font-medium">
            <Link to="/campaigns/$id" params={{ id: campaign }} className="hover:underline">
              {name}
            </Link>
          </Th>
          <Td end>{typeof budget === "number" ? dollars(budget) : "no cap"}</Td>
          <Td end>{cents(reserved)}</Td>
          <Td end className="font-medium">
            {cents(spent)}
          </Td>
        </Row>
      ))}
    </Table>
  );
}
