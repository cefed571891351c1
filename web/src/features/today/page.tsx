// Today: due tasks, waiting conversations, and figures.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { accountsQuery } from "@/app/accounts/queries";
import { AccountTrouble, inTrouble } from "@/app/accounts/trouble";
import { useSees } from "@/app/auth/use-sees";
import { Heat } from "@/app/parts/heat";
import { Page, Split } from "@/app/shell/page";
import { TodaysTargets } from "@/app/targets/own-targets";
import { myTasksQuery, type TasksOf, tasksQuery } from "@/app/tasks/queries";
import { Bars } from "@/shared/charts/bars";
import { Spark } from "@/shared/charts/spark";
import { ago, clock, count, longDay, percent } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { CAMPAIGN_WORDS } from "@/shared/lib/labels";
import { money } from "@/shared/lib/money";
import { channelOf } from "@/shared/lib/senders";
import { State } from "@/shared/ui/badge";
import { ChannelIcon } from "@/shared/ui/channel-icon";
import { Figures, Heading, StatTile } from "@/shared/ui/section";
import { Bar, ErrorState, Loaded, LoadingRows } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { Due } from "./due";
import { FirstRun } from "./first-run";
import { Guide } from "./guide";
import {
  type Counters,
  daysQuery,
  hotQuery,
  type StatsView,
  statsQuery,
  summariesQuery,
  waitingQuery,
} from "./queries";

const n = (c: Counters | undefined, key: keyof Counters) => c?.[key] ?? 0;
const sent = (c: Counters | undefined) => n(c, "emails_sent") + n(c, "sms_sent") + n(c, "whatsapp_sent");
const change = (now: number, before: number) =>
  now === before ? undefined : `${now > before ? "+" : "−"}${count(Math.abs(now - before))}`;
const sinceLastWeek = (now: number, before: number) => (now === before ? "no change from last week" : "vs last week");

export function TodayPage() {
  return useSees() === "own" ? <OwnToday /> : <WholeToday />;
}

/** Today of a rep who sees own leads: what waits for the rep, without the figures of all leads. */
function OwnToday() {
  const now = useNow();
  const [of, setOf] = useState<TasksOf>("mine");
  const tasks = useQuery(of === "all" ? tasksQuery : myTasksQuery);
  const parts = [useQuery(myTasksQuery), useQuery(waitingQuery), useQuery(hotQuery), useQuery(accountsQuery)];
  return (
    <Page title="Today" muted={`${longDay(now)}, ${clock(now)}`}>
      {parts.some((q) => q.isPending) ? (
        <LoadingRows rows={10} label="Loading today" />
      ) : (
        <Split
          main={
            <div className="pt-3 pb-6">
              <Trouble />
              {tasks.error && !tasks.data ? (
                <ErrorState what="Tasks did not load" error={tasks.error} retry={() => tasks.refetch()} />
              ) : (
                <Due tasks={tasks.data?.items ?? []} of={of} onOf={setOf} />
              )}
            </div>
          }
          side={<Side />}
        />
      )}
    </Page>
  );
}

function WholeToday() {
  const now = useNow();
  const stats = useQuery(statsQuery);
  const empty = stats.data && stats.data.leads === 0;
  // Parts below wait for the parts above them, so that nothing moves once it is shown.
  const parts = [
    useQuery(myTasksQuery),
    useQuery(summariesQuery),
    useQuery(daysQuery),
    useQuery(waitingQuery),
    useQuery(hotQuery),
    useQuery(accountsQuery),
  ];
  return (
    <Page title="Today" muted={`${longDay(now)}, ${clock(now)}`}>
      {stats.error && !stats.data ? (
        <ErrorState what="Today did not load" error={stats.error} retry={() => stats.refetch()} />
      ) : !stats.data ? (
        <LoadingRows rows={10} label="Loading today" />
      ) : empty ? (
        <FirstRun />
      ) : parts.some((q) => q.isPending) ? (
        <LoadingRows rows={10} label="Loading today" />
      ) : (
        <Split main={<Main stats={stats.data} />} side={<Side stats={stats.data} />} />
      )}
    </Page>
  );
}

function Main({ stats }: { stats: StatsView }) {
  const [of, setOf] = useState<TasksOf>("mine");
  const tasks = useQuery(of === "all" ? tasksQuery : myTasksQuery);
  const days = useQuery(daysQuery).data?.days ?? [];
  const series = (pick: (c: Counters) => number) => days.map((d) => pick(d.counters));
  const { week, last_week } = stats;
  const mrrNow = n(week, "mrr_new_minor") + n(week, "mrr_expansion_minor");
  return (
    <div className="flex flex-col pb-6">
      <Trouble />
      {sent(stats.total) === 0 ? <Guide leads={stats.leads} /> : null}
      {/* On a phone the figures would fill the screen: what is to be done comes first. */}
      <Figures className="mx-6 max-sm:order-1 max-lg:mx-4">
        <StatTile
          label="Sent, 7 days"
          figure={count(sent(week))}
          change={change(sent(week), sent(last_week))}
          note={sinceLastWeek(sent(week), sent(last_week))}
          spark={<Spark label="Sent by day, UTC" values={series(sent)} />}
        />
        <StatTile
          label="Human replies"
          figure={count(n(week, "replied"))}
          change={change(n(week, "replied"), n(last_week, "replied"))}
          note={[
            percent(n(week, "replied"), sent(week))
              ? `${percent(n(week, "replied"), sent(week))} of sent`
              : sinceLastWeek(n(week, "replied"), n(last_week, "replied")),
            n(week, "corrected") ? `${count(n(week, "corrected"))} of ${count(n(week, "understood"))} corrected` : "",
            n(week, "read_by_model")
              ? `${count(n(week, "corrected_model"))} of ${count(n(week, "read_by_model"))} by the model corrected`
              : "",
          ]
            .filter(Boolean)
            .join(", ")}
          spark={<Spark label="Replies by day, UTC" values={series((c) => n(c, "replied"))} />}
        />
        <StatTile
          label="Preview visits"
          figure={count(n(week, "preview_views"))}
          change={change(n(week, "preview_views"), n(last_week, "preview_views"))}
          note={`${count(n(week, "turned_hot"))} turned hot`}
          spark={<Spark label="Preview visits by day, UTC" values={series((c) => n(c, "preview_views"))} />}
        />
        <StatTile
          label="Leads"
          figure={count(stats.leads)}
          change={n(week, "leads_created") ? `+${count(n(week, "leads_created"))}` : undefined}
          note="in 7 days"
        />
        <StatTile
          label="MRR"
          figure={money(stats.mrr)}
          change={mrrNow ? `+${money({ ...stats.mrr, amount_minor: mrrNow })}` : undefined}
          note={stats.clients === 1 ? "1 client" : `${count(stats.clients)} clients`}
        />
      </Figures>
      <div className="pt-3">
        {tasks.error && !tasks.data ? (
          <ErrorState what="Tasks did not load" error={tasks.error} retry={() => tasks.refetch()} />
        ) : (
          <Due tasks={tasks.data?.items ?? []} of={of} onOf={setOf} />
        )}
      </div>
      <div className="max-sm:order-2">
        <Campaigns />
      </div>
    </div>
  );
}

function Campaigns() {
  const query = useQuery(summariesQuery);
  return (
    <section aria-label="Campaigns" className="px-6 pt-4 max-lg:px-4">
      <Heading>Campaigns</Heading>
      <Loaded query={query} what="Campaigns" loading={<LoadingRows rows={3} />}>
        {(page) =>
          page.items.length === 0 ? (
            <p className="border-t py-2 text-ink-2">
              None yet.{" "}
              <Link to="/campaigns" className="font-medium text-accent-ink underline">
                Create the first
              </Link>
            </p>
          ) : (
            <Table
              edge="none"
              headLine
              head={
                <>
                  <Th>Campaign</Th>
                  <Th>State</Th>
                  <Th end wide>
                    Active
                  </Th>
                  <Th end wide>
                    Sent
                  </Th>
                  <Th end>Reply rate</Th>
                </>
              }
            >
              {page.items.map((c) => {
                const state = CAMPAIGN_WORDS[c.state];
                return (
                  <Row key={c.id}>
                    <Td>
                      <Link to="/campaigns/$id" params={{ id: c.id }} className="font-medium hover:underline">
                        {c.name}
                      </Link>
                    </Td>
                    <Td>
                      <State tone={state.tone}>{state.word}</State>
                    </Td>
                    <Td end wide>
                      {c.state !== "draft" && n(c.counters, "in_flight") ? count(n(c.counters, "in_flight")) : "–"}
                    </Td>
                    <Td end wide>
                      {sent(c.counters) ? count(sent(c.counters)) : "–"}
                    </Td>
                    <Td end>
                      {sent(c.counters) ? (
                        <>
                          <span className="font-medium">{count(n(c.counters, "replied"))}</span>{" "}
                          <span className="text-ink-2">of {count(sent(c.counters))}</span>
                          <span className="inline-block w-14 text-ink-2">
                            {percent(n(c.counters, "replied"), sent(c.counters)) ?? ""}
                          </span>
                        </>
                      ) : (
                        "–"
                      )}
                    </Td>
                  </Row>
                );
              })}
            </Table>
          )
        }
      </Loaded>
    </section>
  );
}

/** Accounts that send messages and that fail, or are untested. */
function Trouble() {
  const all = (useQuery(accountsQuery).data?.items ?? []).filter((a) => channelOf(a.kind));
  if (!all.some(inTrouble)) return null;
  return (
    <div className="px-6 pt-4 max-lg:px-4">
      <AccountTrouble accounts={all} />
    </div>
  );
}

function LoadingLines() {
  return (
    <div role="status" aria-label="Loading" className="space-y-4 border-t py-3">
      <Bar className="w-40" />
      <Bar className="w-56" />
      <Bar className="w-32" />
    </div>
  );
}

function Side({ stats }: { stats?: StatsView }) {
  const now = useNow();
  const waiting = useQuery(waitingQuery);
  const hot = useQuery(hotQuery);
  const days = useQuery({ ...daysQuery, enabled: !!stats }).data?.days ?? [];
  // The same number as in the inbox and the sidebar.
  const items = waiting.data?.items ?? [];
  return (
    <div className="space-y-5">
      <section aria-label="Waiting for your reply">
        <Heading
          note={waiting.data ? count(items.length) : undefined}
          aside={
            <Link to="/inbox" className="font-medium text-accent-ink hover:underline">
              Inbox
            </Link>
          }
        >
          Waiting for your reply
        </Heading>
        {waiting.isPending ? (
          <LoadingLines />
        ) : items.length === 0 ? (
          <p className="border-t pt-2 text-ink-2">
            {waiting.error ? "The inbox did not load." : "No replies waiting."}
          </p>
        ) : (
          <ul className="divide-y border-t">
            {items.slice(0, 5).map((c) => (
              <li key={c.lead_id}>
                <Link
                  to="/inbox"
                  search={{ lead: c.lead_id }}
                  className="grid grid-cols-[16px_minmax(0,1fr)_auto] items-baseline gap-x-2 py-2 hover:bg-sunken"
                >
                  <span className="self-center text-ink-2">
                    <ChannelIcon channel={c.channel} />
                  </span>
                  <span className="truncate font-medium">{c.lead_name}</span>
                  <span className="text-ink-2">{ago(c.last_at, now)}</span>
                  <span className="col-start-2 col-end-4 truncate text-ink-2">{c.snippet}</span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </section>
      {stats && days.some((d) => sent(d.counters)) ? (
        <section aria-label="Sent by day" className="border-t pt-2">
          <Heading note="by day, UTC">Sent</Heading>
          <Bars
            label="Sent by day"
            height={110}
            width={312}
            data={days.slice(-10).map((d, i, shown) => ({
              key: d.date,
              label: String(Number(d.date.slice(8))),
              // Today's value is the figure that is shown beside it, whichever was read last.
              value: sent(i === shown.length - 1 ? stats.today : d.counters),
            }))}
          />
        </section>
      ) : null}
      <section aria-label="Hot leads" className="border-t pt-2">
        <Heading
          note={hot.data ? count(hot.data.total ?? hot.data.items.length) : undefined}
          aside={
            <Link to="/leads" search={{ f: "temperature:hot" }} className="font-medium text-accent-ink hover:underline">
              All
            </Link>
          }
        >
          Hot leads
        </Heading>
        {hot.isPending ? (
          <LoadingLines />
        ) : hot.data?.items.length ? (
          <ul>
            {hot.data.items.slice(0, 6).map((l) => (
              <li key={l.id} className="flex h-8 items-center gap-2 border-t">
                <Link to="/leads/$id" params={{ id: l.id }} className="truncate font-medium hover:underline">
                  {l.name}
                </Link>
                <span className="min-w-0 flex-1 truncate text-ink-2">{l.company}</span>
                <Heat score={l.score} temperature={l.temperature} />
              </li>
            ))}
          </ul>
        ) : (
          <p className="border-t pt-2 text-ink-2">
            {hot.error ? "The leads did not load." : "No hot leads right now."}
          </p>
        )}
      </section>
      {/* They come later than the rest, and so below it: nothing moves. */}
      <TodaysTargets className="border-t pt-2" />
    </div>
  );
}
