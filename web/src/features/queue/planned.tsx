// The messages that each account has sent today and is expected to send on the coming days, against its limit.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Fragment, useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { DayLoad } from "@/app/parts/day-load";
import { ReadinessDrawer, type ReadinessSubject } from "@/app/timeline/readiness";
import { healthLine, stateOf, waitsOn } from "@/shared/lib/account-state";
import { civilDay } from "@/shared/lib/format";
import { channelOf, sectionOf } from "@/shared/lib/senders";
import { State } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Empty, Loaded } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { type AccountView, accountsQuery } from "./queries";

export function PlannedSends() {
  const query = useQuery(accountsQuery);
  const [asked, setAsked] = useState<ReadinessSubject>();
  return (
    <section aria-label="Planned sends" className="px-6 pb-4 max-lg:px-4">
      <Heading
        note="per account and day, against its limit"
        aside={
          <Button size="sm" kind="quiet" onClick={() => setAsked({ name: "The workspace" })}>
            Why
          </Button>
        }
      >
        Planned sends
      </Heading>
      <Loaded query={query} what="The accounts">
        {(page) => <Accounts accounts={page.items.filter((c) => channelOf(c.kind))} ask={setAsked} />}
      </Loaded>
      <ReadinessDrawer asked={asked} onClose={() => setAsked(undefined)} />
    </section>
  );
}

/** Accounts have their own time zones: where their days differ, no column is today for all of them. */
export function columnsOf(accounts: Pick<AccountView, "ahead">[]): { days: string[]; today?: string } {
  const days = [...new Set(accounts.flatMap((c) => c.ahead.map((d) => d.day)))].sort();
  const todays = new Set(accounts.flatMap((c) => c.ahead.slice(0, 1).map((d) => d.day)));
  return { days, today: todays.size === 1 ? days[0] : undefined };
}

function Accounts({ accounts, ask }: { accounts: AccountView[]; ask: (about: ReadinessSubject) => void }) {
  const connects = useMay("admin");
  if (accounts.length === 0) {
    return (
      <Empty title="Nothing can be sent yet" className="!mx-0 !mt-1">
        {connects ? (
          <>
            <Link to="/settings/$section" params={{ section: "mailboxes" }} className="text-accent hover:underline">
              Connect a mailbox
            </Link>{" "}
            first.
          </>
        ) : (
          "Ask an admin to connect a mailbox."
        )}
      </Empty>
    );
  }
  const { days, today } = columnsOf(accounts);
  const waiting = accounts.some((c) => c.ahead.some((d) => waitsOn(c, d.day)));
  return (
    <>
      <Table
        scrolls="Planned sends, table"
        className="sm:min-w-table"
        head={
          <>
            <Th>Account</Th>
            <Th>State</Th>
            {days.map((day, i) => (
              <Th key={day} wide={i > 0}>
                {i === 0 ? <span className="sm:hidden">Today</span> : null}
                <span className={i === 0 ? "max-sm:hidden" : undefined}>
                  {day === today ? "Today" : civilDay(day, { weekday: "short", day: "numeric" })}
                </span>
              </Th>
            ))}
          </>
        }
      >
        {accounts.map((c) => (
          <Fragment key={c.id}>
            <Row className="max-sm:border-b-0" size="lg">
              <Td className="font-medium">
                <Link
                  to="/settings/$section/$id"
                  params={{
                    section: sectionOf(c.kind),
                    id: c.id,
                  }}
                  className="hover:underline"
                >
                  {c.name}
                </Link>
              </Td>
              <Td>
                <Button
                  kind="bare"
                  title={healthLine(c)}
                  aria-label={`${c.name}: ${stateOf(c).word}. Why?`}
                  onClick={() => ask({ name: c.name, account: c.id })}
                >
                  <State tone={stateOf(c).tone}>{stateOf(c).word}</State>
                </Button>
              </Td>
              {c.ahead.length === 0 && days.length > 0 ? (
                <Td colSpan={days.length} className="text-ink-2">
                  {c.enabled && !c.pause
                    ? "No limits: due messages go out right away."
                    : `No limits. Due messages wait while it is ${c.enabled ? "paused" : "off"}.`}
                </Td>
              ) : null}
              {(c.ahead.length ? days : []).map((on) => {
                const day = c.ahead.find((d) => d.day === on);
                const own = on === c.ahead[0]?.day;
                return (
                  <Td key={on} wide={!own}>
                    {own && !today ? <span className="block text-meta text-ink-3 max-sm:hidden">today</span> : null}
                    {day ? (
                      <DayLoad
                        account={c.name}
                        day={day}
                        taken={own ? (c.today?.taken ?? 0) : 0}
                        waits={waitsOn(c, on)}
                      />
                    ) : null}
                  </Td>
                );
              })}
            </Row>
            <DaysAfter account={c} days={days} />
          </Fragment>
        ))}
      </Table>
      {days.length ? (
        <p className="pt-1 text-meta text-ink-2">
          Booked: counts against today's limit, because it was sent or tried or is waiting for its minute. Expected:
          scheduled first messages, their follow-ups if no one replies, and messages moved from a full day.
          {waiting ? " Hatched: not sent while the account is paused or off." : ""}
        </p>
      ) : null}
    </>
  );
}

/** On a phone, the days after today stand below the account. */
function DaysAfter({ account: c, days }: { account: AccountView; days: string[] }) {
  const after = c.ahead.slice(1).filter((day) => days.includes(day.day));
  return (
    <Row size="auto" className="sm:hidden">
      <Td colSpan={3} className={after.length ? "pb-2" : undefined}>
        {after.length ? (
          <ul aria-label={`${c.name}, the days after`} className="grid grid-cols-3 gap-x-3 gap-y-2">
            {after.map((day) => (
              <li key={day.day} className="text-meta">
                <span className="block text-ink-2">{civilDay(day.day, { weekday: "short", day: "numeric" })}</span>
                <DayLoad account={c.name} day={day} taken={0} waits={waitsOn(c, day.day)} />
              </li>
            ))}
          </ul>
        ) : null}
      </Td>
    </Row>
  );
}
