// The queue: what waits, what is planned, and what needs a person.
import { useQuery } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { Page, Scroll } from "@/app/shell/page";
import { count, plural, words } from "@/shared/lib/format";
import { Badge, State } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Empty, Loaded } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";
import { DeadLetters } from "./dead-letters";
import { HeldPeople } from "./held";
import { Mailings } from "./mailings";
import { PlannedSends } from "./planned";
import { type QueueName, type QueueView, queuesQuery, useRedrive } from "./queries";

const WORDS: Record<string, string> = {
  imports: "Imports",
  enrolments: "Enrolments",
  enrichment: "Look-ups",
  ai: "First lines",
  send: "Sends",
  inbound: "Replies and events",
};

export const queueName = (name: string) => WORDS[name] ?? words(name);

function healthOf(q: QueueView) {
  if (q.dead > 0) return <State tone="bad">{count(q.dead)} failed</State>;
  return <State tone="good">Healthy</State>;
}

export function QueuePage() {
  const query = useQuery(queuesQuery);
  const redrive = useRedrive();
  const [shown, setShown] = useState<QueueName>();
  const queues = query.data?.queues ?? [];
  const dead = queues.filter((q) => q.dead > 0);
  const waiting = queues.reduce((n, q) => n + q.waiting + q.in_flight + q.delayed, 0);
  const again = async (q: QueueView) => {
    try {
      await redrive.mutateAsync(q.name);
      toast(`${plural(q.dead, "message")} put back into ${queueName(q.name)}`);
    } catch (error) {
      toastProblem("They stay where they are", error);
    }
  };
  return (
    <Page
      title="Queue"
      muted={query.data ? (waiting ? `${plural(waiting, "message")} on the way` : "Nothing waits") : undefined}
    >
      <Scroll>
        <PlannedSends />
        <HeldPeople />
        <Mailings />
        <section aria-label="Queues" className="px-6 pb-4 max-lg:px-4">
          <Heading note="about, over the whole installation">Queues</Heading>
          <Loaded query={query} what="The queues">
            {() => (
              <div tabIndex={0} role="region" aria-label="Table" className="overflow-x-auto">
                <table className="w-full sm:min-w-[520px]">
                  <thead>
                    <tr className="h-8 border-y bg-canvas text-left text-ink-2">
                      <th className="pr-3 pl-2 font-normal">Queue</th>
                      <th className="pr-3 font-normal">State</th>
                      <th className="pr-3 text-right font-normal">Waiting</th>
                      <th className="pr-3 text-right font-normal max-sm:hidden">Delayed</th>
                      <th className="pr-3 text-right font-normal max-sm:hidden">At work</th>
                      <th className="pr-2 text-right font-normal">Failed</th>
                    </tr>
                  </thead>
                  <tbody>
                    {queues.map((q) => (
                      <tr key={q.name} className="h-9 border-b">
                        <td className="pr-3 pl-2 font-medium">{queueName(q.name)}</td>
                        <td className="pr-3">{healthOf(q)}</td>
                        <td className="pr-3 text-right">{count(q.waiting)}</td>
                        <td className="pr-3 text-right text-ink-2 max-sm:hidden">{count(q.delayed)}</td>
                        <td className="pr-3 text-right text-ink-2 max-sm:hidden">{count(q.in_flight)}</td>
                        <td className="pr-2 text-right">
                          {q.dead ? <span className="font-medium text-bad-ink">{count(q.dead)}</span> : "0"}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </Loaded>
        </section>
        {query.data ? (
          <section aria-label="Needs a person" className="border-t px-6 pb-6 max-lg:px-4">
            <Heading note={dead.length ? count(dead.reduce((n, q) => n + q.dead, 0)) : undefined}>
              Needs a person
            </Heading>
            {dead.length === 0 ? (
              <Empty title="Nothing failed for good" className="!mx-0 !mt-1">
                A message that fails again and again is taken aside here, and delays nobody else.
              </Empty>
            ) : (
              <ul className="max-w-[860px] divide-y border-y">
                {dead.map((q) => (
                  <li key={q.name} className="py-2.5">
                    <div className="flex flex-wrap items-center gap-2">
                      <Badge tone="bad">{plural(q.dead, "message")}</Badge>
                      <span className="flex-1 font-medium">{queueName(q.name)}</span>
                      <Button
                        size="sm"
                        kind="quiet"
                        aria-expanded={shown === q.name}
                        onClick={() => setShown(shown === q.name ? undefined : q.name)}
                      >
                        {shown === q.name ? "Hide" : "Look at them"}
                      </Button>
                      <Button
                        size="sm"
                        icon={<RotateCcw size={14} />}
                        busy={redrive.isPending && redrive.variables === q.name}
                        onClick={() => void again(q)}
                      >
                        Put back {count(q.dead)}
                      </Button>
                    </div>
                    {shown === q.name ? <DeadLetters name={q.name} /> : null}
                  </li>
                ))}
              </ul>
            )}
          </section>
        ) : null}
      </Scroll>
    </Page>
  );
}
