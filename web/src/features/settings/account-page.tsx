// One account that sends messages: whether it works, its day, its limits, and the campaigns that send from it.

import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { serverNow } from "@/api/clock";
import { SendTestMail, TryAccount } from "@/app/accounts/try-account";
import { useMay } from "@/app/auth/use-may";
import { DayLoad } from "@/app/parts/day-load";
import { Page, Split } from "@/app/shell/page";
import { useWorkspaceZone } from "@/app/shell/queries";
import type { ReadinessSubject } from "@/app/timeline/readiness";
import { ReadinessDrawer } from "@/app/timeline/readiness";
import { Bars } from "@/shared/charts/bars";
import { Drawn } from "@/shared/charts/drawn";
import { Ramp } from "@/shared/charts/ramp";
import { adviceOn } from "@/shared/lib/account-advice";
import { errorLine, healthLine, isFailing, isUntested, pauseLine, stateOf, waitsOn } from "@/shared/lib/account-state";
import { civilDay, clock, count, day, words } from "@/shared/lib/format";
import { isShared } from "@/shared/lib/senders";
import { weekWords } from "@/shared/lib/week";
import { State } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { ProgressBar } from "@/shared/ui/progress";
import { Fact, Facts, Heading } from "@/shared/ui/section";
import { Loaded } from "@/shared/ui/states";
import { AccountDialog } from "./account-dialog";
import { accountAddress, useFlip } from "./accounts";
import { GrantLine, isUnconnected, readingLine, useMayMove } from "./grant";
import { kindOf, mailbox, sends } from "./kinds";
import { gapWords, rampWords } from "./limits";
import { senderOf } from "./offers";
import { PauseButtons } from "./pause-buttons";
import { type AccountDetail, accountQuery, sendersQuery } from "./queries";
import { UnheardReplies } from "./unheard-replies";
import { WebhookSetup } from "./webhook-setup";

export function AccountPage() {
  const { section, id } = useParams({ from: "/app/settings/$section/$id" });
  const query = useQuery(accountQuery(id));
  const flip = useFlip();
  const [changing, setChanging] = useState(false);
  const [asked, setAsked] = useState<ReadinessSubject>();
  const changes = useMay("admin");
  const c = query.data;
  const moves = useMayMove(c);
  const senders = useQuery({ ...sendersQuery, enabled: !!c && isShared(c.kind) }).data?.items ?? [];
  const parent = section === "numbers" ? "Numbers" : section === "mailboxes" ? "Mailboxes" : "Providers";
  return (
    <Page
      // The bar changes once the account is loaded; the page below appears with it, so that nothing moves.
      key={c ? "known" : "coming"}
      title={c?.name ?? "Account"}
      muted={c ? (accountAddress(c).split(", ")[0] ?? "") : undefined}
      parent={{ to: `/settings/${section}`, label: parent }}
      actions={
        c ? (
          <>
            {sends(c.kind) ? (
              <Button kind="quiet" onClick={() => setAsked({ name: c.name, account: c.id })}>
                Check sending
              </Button>
            ) : null}
            {sends(c.kind) && c.enabled && moves ? <PauseButtons account={c} /> : null}
            {changes ? (
              <>
                <Button onClick={() => flip(c)}>{c.enabled ? "Switch off" : "Switch on"}</Button>
                <Button onClick={() => setChanging(true)}>Change</Button>
              </>
            ) : null}
          </>
        ) : undefined
      }
    >
      <Loaded query={query} what="The account">
        {(account) => <Split main={<Main account={account} />} side={<Side account={account} />} width={344} />}
      </Loaded>
      {asked ? <ReadinessDrawer asked={asked} onClose={() => setAsked(undefined)} /> : null}
      {c && changing ? (
        <AccountDialog kind={c.kind} sender={senderOf(c, senders)} account={c} onClose={() => setChanging(false)} />
      ) : null}
    </Page>
  );
}

function Main({ account: c }: { account: AccountDetail }) {
  return (
    <div className="space-y-5 p-6 max-lg:p-4">
      <Health account={c} />
      {c.limits && c.today ? (
        <>
          <Used account={c} />
          <Hours account={c} />
          <Days account={c} />
          <Rise account={c} />
        </>
      ) : sends(c.kind) ? (
        <p className="border-t pt-2 text-ink-2">No limits: due messages go out right away.</p>
      ) : (
        <div className="max-w-text">
          <WebhookSetup account={c} />
        </div>
      )}
    </div>
  );
}

/** What works at accounts that only post to us. */
const FINE: Partial<Record<AccountDetail["kind"], string>> = {
  inbound_email: "Replies and reports arrive.",
  stripe: "Payments arrive.",
  bookings: "Meetings arrive.",
};

function Health({ account: c }: { account: AccountDetail }) {
  const zone = useWorkspaceZone();
  const error = errorLine(c, undefined, c.limits?.zone);
  const fine = c.enabled && !c.health && !isFailing(c) && !isUntested(c);
  return (
    <section aria-label="Health" className="space-y-1">
      <Heading>Health</Heading>
      <p className="flex flex-wrap items-baseline gap-x-3 border-t pt-2">
        <State tone={stateOf(c).tone} className="font-medium">
          {stateOf(c).word}
        </State>
        <span className="text-ink-2">
          {c.enabled
            ? (pauseLine(c, zone) ??
              healthLine(c, undefined, c.limits?.zone) ??
              (fine
                ? (FINE[c.kind] ?? (sends(c.kind) ? "The provider accepts messages." : "The provider answers."))
                : isUnconnected(c)
                  ? ""
                  : isUntested(c)
                    ? "Not tested yet."
                    : "Due messages are retried later."))
            : sends(c.kind)
              ? "It sends nothing until you switch it on."
              : "It is not used until you switch it on."}
        </span>
      </p>
      {error && !isUnconnected(c) ? (
        <p className={isFailing(c) ? "text-bad-ink [overflow-wrap:anywhere]" : "text-ink-2 [overflow-wrap:anywhere]"}>
          {error}
        </p>
      ) : null}
      {adviceOn(c) && !isUnconnected(c) ? <p className="font-medium">{adviceOn(c)}</p> : null}
      {readingLine(c) ? <p className="text-ink-2 [overflow-wrap:anywhere]">{readingLine(c)}</p> : null}
      <GrantLine account={c}>
        {sends(c.kind) && c.enabled && !isUnconnected(c) ? (
          <>
            <TryAccount account={c} again={isFailing(c)} />
            {mailbox(c.kind) ? <SendTestMail account={c} /> : null}
          </>
        ) : null}
      </GrantLine>
      {c.hears_replies === false && !isUnconnected(c) ? <UnheardReplies account={c} /> : null}
    </section>
  );
}

/** The used part of each limit. */
function Used({ account: c }: { account: AccountDetail }) {
  const { limits, today } = c;
  if (!limits || !today) return null;
  const rows = [
    { label: "Today", used: today.taken, of: today.allowed, none: "" },
    { label: "New leads today", used: today.taken_new, of: limits.new_per_day, none: "within the daily limit" },
    { label: "This hour", used: today.taken_in_hour, of: limits.per_hour, none: "within the daily limit" },
  ];
  const free = Date.parse(today.next_free);
  return (
    <section aria-label="Limits">
      <Heading note={`time zone ${limits.zone}`}>Limits</Heading>
      <dl className="grid grid-cols-4 gap-x-6 gap-y-3 border-t pt-2 max-xl:grid-cols-2">
        {rows.map((r) => (
          <div key={r.label}>
            <dt className="text-meta text-ink-2">{r.label}</dt>
            <dd>
              <span className="text-figure font-semibold">{count(r.used)}</span>{" "}
              <span className="text-ink-2">{r.of ? `of ${count(r.of)}` : r.none}</span>
              {r.of ? (
                <ProgressBar
                  parts={[{ value: r.used, className: "bg-c1" }]}
                  total={r.of}
                  label={`${r.label}: ${count(r.used)} of ${count(r.of)}`}
                />
              ) : null}
            </dd>
          </div>
        ))}
        <div>
          <dt className="text-meta text-ink-2">Gap between messages</dt>
          <dd>
            <span className="block text-figure font-semibold">{gapWords(limits)}</span>
            <span className="block text-meta text-ink-2">
              {free > serverNow() ? `next at ${clock(today.next_free, limits.zone)}` : "next can go now"}
            </span>
          </dd>
        </div>
      </dl>
    </section>
  );
}

function Hours({ account: c }: { account: AccountDetail }) {
  const { limits, today } = c;
  if (!limits || !today) return null;
  const expected = c.hours_today.reduce((sum, h) => sum + h.expected, 0);
  const data = c.hours_today.map((h) => ({
    key: String(h.hour),
    label: String(h.hour).padStart(2, "0"),
    value: h.taken,
    planned: h.expected,
  }));
  const theirs = clock(serverNow(), limits.zone) === clock(serverNow()) ? "" : `, time zone ${limits.zone}`;
  const rest = Math.max(0, (c.ahead[0]?.expected ?? 0) - today.taken - expected);
  return (
    <section aria-label="Today by the hour">
      <Heading note={`${count(today.taken)} used, ${count(expected)} more scheduled${theirs}`}>
        Today by the hour
      </Heading>
      <div className="border-t pt-2">
        {today.taken + expected > 0 ? (
          <Drawn>{(width) => <Bars data={data} width={width} height={132} label="Today by the hour" />}</Drawn>
        ) : (
          <p className="text-ink-2">Nothing sent today, and nothing scheduled.</p>
        )}
        <p className="pt-1 text-meta text-ink-2">
          Filled: slots used. Dashed: scheduled, at the earliest. Each message also keeps to its campaign's sending
          window.
          {rest ? ` ${count(rest)} more do not fit before midnight and move to a later day.` : ""}
        </p>
      </div>
    </section>
  );
}

function Days({ account: c }: { account: AccountDetail }) {
  const off = (day: string) => c.days_off.find((d) => d.day === day)?.name;
  return (
    <section aria-label="Coming days">
      <Heading>Coming days</Heading>
      <ul className="grid grid-cols-7 gap-x-4 gap-y-3 border-t pt-2 max-sm:grid-cols-2">
        {c.ahead.map((day, i) => (
          <li key={day.day}>
            <span className="block text-meta text-ink-2">
              {i === 0 ? "Today" : civilDay(day.day, { weekday: "short", day: "numeric" })}
            </span>
            <DayLoad
              account={c.name}
              day={day}
              taken={i === 0 ? (c.today?.taken ?? 0) : 0}
              waits={waitsOn(c, day.day)}
            />
            {off(day.day) ? <span className="block pt-0.5 text-meta text-ink-2">{off(day.day)}</span> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Rise({ account: c }: { account: AccountDetail }) {
  const ramp = c.limits?.ramp_up;
  if (!c.limits || !c.today || !ramp) return null;
  return (
    <section aria-label="Ramp-up">
      <Heading note={rampWords(c.limits)}>Ramp-up</Heading>
      <div className="border-t pt-2">
        {c.ramp.length ? (
          <Drawn>
            {(width) => <Ramp days={c.ramp} today={c.today?.day ?? ""} label="Daily limit" width={width} />}
          </Drawn>
        ) : (
          <p className="text-ink-2">Ramp-up complete: {count(c.limits.per_day)} per day.</p>
        )}
      </div>
    </section>
  );
}

function Side({ account: c }: { account: AccountDetail }) {
  const changes = useMay("admin");
  return (
    <div className="space-y-5">
      <section aria-label="Settings">
        <Heading>Settings</Heading>
        <Facts className="border-t pt-2">
          <Fact label="Kind">{kindOf(c.kind, senderOf(c, [])).label}</Fact>
          {accountAddress(c) ? <Fact label="Account">{accountAddress(c)}</Fact> : null}
          {sends(c.kind) ? (
            <Fact label="Sending hours" note={c.hours ? c.hours.zone : undefined}>
              {c.hours ? weekWords(c.hours) : "Any time"}
            </Fact>
          ) : null}
          <Fact label="Added">{day(c.created_at)}</Fact>
        </Facts>
        {changes ? null : <p className="pt-2 text-meta text-ink-2">Ask an admin to change this.</p>}
      </section>
      {sends(c.kind) ? (
        <>
          <WebhookSetup account={c} />
          <section aria-label="Campaigns">
            <Heading note={c.campaigns.length ? count(c.campaigns.length) : undefined}>Campaigns</Heading>
            {c.campaigns.length ? (
              <ul className="divide-y border-y">
                {c.campaigns.map((user) => (
                  <li key={user.id} className="flex min-h-9 items-center gap-3 py-1">
                    <Link
                      to="/campaigns/$id"
                      params={{ id: user.id }}
                      className="min-w-0 flex-1 font-medium [overflow-wrap:anywhere] hover:underline"
                    >
                      {user.name}
                    </Link>
                    <span className="shrink-0 text-meta text-ink-2">
                      {words(user.state)}
                      {user.mailboxes > 1 ? `, one of ${count(user.mailboxes)} mailboxes` : ""}
                    </span>
                  </li>
                ))}
              </ul>
            ) : (
              <p className="border-t pt-2 text-ink-2">No campaign uses it.</p>
            )}
          </section>
          <section aria-label="Days off">
            <Heading note="in the next seven days">Days off</Heading>
            <div className="border-t pt-2 text-ink-2">
              {c.days_off.length ? (
                <ul className="mb-1 text-ink">
                  {c.days_off.map((off) => (
                    <li key={off.day}>
                      {civilDay(off.day, { weekday: "short", day: "numeric", month: "short" })}, {off.name}
                    </li>
                  ))}
                </ul>
              ) : (
                <p>No days off in this workspace.</p>
              )}
              <p className="text-meta">Public holidays depend on each lead's country.</p>
              <p className="text-meta">
                <Link to="/settings/$section" params={{ section: "days-off" }} className="text-accent hover:underline">
                  {changes ? "Change days off" : "All days off"}
                </Link>
              </p>
            </div>
          </section>
        </>
      ) : null}
    </div>
  );
}
