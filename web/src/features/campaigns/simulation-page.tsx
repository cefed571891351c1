// A campaign's simulation: how full its accounts get day by day, when it is done, and each lead's dates.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Telescope } from "lucide-react";
import { useMay } from "@/app/auth/use-may";
import { Page, Scroll } from "@/app/shell/page";
import { plural, when } from "@/shared/lib/format";
import { END_WORDS, HOLD_WORDS, SKIP_WORDS, wordOf } from "@/shared/lib/labels";
import { price } from "@/shared/lib/money";
import { Button } from "@/shared/ui/button";
import { Empty, Loaded, LoadingRows } from "@/shared/ui/states";
import { toastProblem } from "@/shared/ui/toast";
import { FindSimulated } from "./find-simulated";
import { campaignQuery } from "./queries";
import { Load } from "./sender-load";
import { SimulatedPeople } from "./simulated-people";
import { isUnderWay, type SimulationResult, simulationQuery, useSimulate } from "./simulation";
import { SimulationCalendar } from "./simulation-calendar";
import { stopWords } from "./simulation-stops";

export function SimulationPage() {
  const { id } = useParams({ from: "/app/campaigns/$id/simulation" });
  const campaign = useQuery(campaignQuery(id));
  const query = useQuery(simulationQuery(id));
  const simulate = useSimulate(id);
  const run = () =>
    simulate.mutate(undefined, { onError: (error) => toastProblem("Could not run the simulation", error) });
  const busy = simulate.isPending || isUnderWay(query.data);
  return (
    <Page
      title="Simulation"
      parent={{ to: `/campaigns/${id}`, label: campaign.data?.name ?? "Campaign" }}
      muted={query.data?.result ? `run ${when(query.data.result.made_at)}` : undefined}
      actions={
        <Button kind="primary" icon={<Telescope size={15} />} busy={busy} onClick={run}>
          {query.data ? "Simulate again" : "Simulate"}
        </Button>
      }
    >
      <Scroll className="flex flex-col">
        <Loaded query={query} what="The simulation">
          {(simulation) => {
            if (!simulation) return <NotYet run={run} busy={busy} />;
            if (simulation.failed) return <Failed run={run} busy={busy} />;
            if (!simulation.result) return <LoadingRows rows={6} label="Running the simulation" />;
            return <Result campaign={id} simulation={simulation.id} result={simulation.result} />;
          }}
        </Loaded>
      </Scroll>
    </Page>
  );
}

function NotYet({ run, busy }: { run: () => void; busy: boolean }) {
  return (
    <Empty
      title="Not simulated yet"
      actions={
        <Button onClick={run} busy={busy}>
          Simulate
        </Button>
      }
    >
      See every send before it happens: each date in the lead's time zone, how full each account gets, who is left out
      and why. Nothing is sent.
    </Empty>
  );
}

function Failed({ run, busy }: { run: () => void; busy: boolean }) {
  const looks = useMay("admin");
  return (
    <div role="alert">
      <Empty
        title="The simulation failed"
        actions={
          <Button kind="primary" onClick={run} busy={busy}>
            Simulate again
          </Button>
        }
      >
        There was no result after two minutes. Nothing was sent and nothing is lost. If it fails again,{" "}
        {looks ? (
          <Link to="/queue" className="text-accent hover:underline">
            check the enrolments queue
          </Link>
        ) : (
          "ask an admin to check the enrolments queue"
        )}
        .
      </Empty>
    </div>
  );
}

function Result({
  campaign,
  simulation,
  result: r,
}: {
  campaign: string;
  simulation: string;
  result: SimulationResult;
}) {
  const ends = Object.entries(r.ends).filter(([end]) => end !== "finished");
  const stops = stopWords(r);
  const waiting = Object.entries(r.held_by ?? {});
  const accounts = (channel: string) => r.senders.filter((s) => s.channel === channel && s.account_id).length;
  const skipped = Object.entries(r.skipped);
  const named = r.senders.map((s) => [s.account_id ?? "", s.name ?? ""] as const);
  const which = { campaign, simulation, currency: r.costs.currency, mailboxes: new Map(named) };
  return (
    <>
      <div className="px-6 py-3 max-lg:px-4">
        <p>
          <span className="font-semibold">{plural(r.messages, "message")}</span> to {plural(r.people, "lead")}
          {r.last_message ? `, the last one ${when(r.last_message)} your time` : ""}.
          {r.tasks ? ` ${plural(r.tasks, "task")} for you.` : ""}
          {r.held ? ` ${plural(r.held, "lead is", "leads are")} held and not simulated.` : ""}
          {r.zone_unknown
            ? ` ${plural(r.zone_unknown, "lead has", "leads have")} no known time zone: texts and calls come only while it is day wherever they may be.`
            : ""}
          {r.cut_off ? " There are more leads: only the first 10,000 were simulated." : ""}
        </p>
        <p className="text-ink-2">
          Assumes that no one replies, every task is done at once and these accounts send nothing else.
        </p>
        <Cost costs={r.costs} />
        {r.messages === 0 ? <p className="mt-2">No messages would be sent.</p> : null}
        {waiting.length || ends.length || stops.length || skipped.length ? (
          <ul className="mt-2 text-ink-2">
            {waiting.map(([why, n]) => (
              <li key={why}>
                {plural(n, "lead is", "leads are")} already held with no end date: {wordOf(HOLD_WORDS, why)}
              </li>
            ))}
            {stops.map((stop) => (
              <li key={stop} className="text-warm-ink">
                {stop}
              </li>
            ))}
            {ends.map(([end, n]) => (
              <li key={end}>
                {plural(n, "lead ends", "leads end")} early: {wordOf(END_WORDS, end)}
              </li>
            ))}
            {skipped.map(([why, n]) => (
              <li key={why}>
                {plural(n, "step is", "steps are")} skipped: {wordOf(SKIP_WORDS, why)}
              </li>
            ))}
          </ul>
        ) : null}
      </div>
      <div className="grid gap-x-10 gap-y-4 px-6 pb-3 max-lg:px-4 xl:grid-cols-2">
        {r.senders.map((sender) => (
          <Load key={sender.account_id ?? sender.channel} sender={sender} accounts={accounts(sender.channel)} />
        ))}
      </div>
      <SimulationCalendar senders={r.senders} />
      <FindSimulated {...which} />
      <SimulatedPeople {...which} />
    </>
  );
}

/** A message without a price is listed as having none, and is not in the sum. */
function Cost({ costs: c }: { costs: SimulationResult["costs"] }) {
  const lines = [
    { n: c.emails, what: plural(c.emails, "e-mail"), micros: c.email_micros },
    { n: c.sms_segments, what: `${plural(c.sms_segments, "segment")} of SMS`, micros: c.sms_micros },
    { n: c.whatsapp, what: plural(c.whatsapp, "WhatsApp message"), micros: c.whatsapp_micros },
  ].filter((line) => line.n > 0);
  if (lines.length === 0) return null;
  const priced = lines.filter((line) => typeof line.micros === "number");
  const sum = priced.reduce((all, line) => all + (line.micros ?? 0), 0);
  const each = lines.map(
    (line) => `${line.what}: ${typeof line.micros === "number" ? price(line.micros, c.currency) : "no price set"}`,
  );
  return (
    <p className="mt-2">
      {priced.length ? <span className="font-semibold">{price(sum, c.currency)}</span> : "Cost unknown"} (
      {each.join(", ")})
      {priced.length < lines.length ? (
        <>
          .{" "}
          <Link to="/settings/$section" params={{ section: "sending" }} className="underline underline-offset-4">
            Set message prices
          </Link>
        </>
      ) : null}
      .
    </p>
  );
}
