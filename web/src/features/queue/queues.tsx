// Background jobs: what waits in each queue, what failed for good, and the button that retries it. Managers see it; an
// admin retries.
import { useQuery } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/app/auth/use-may";
import { count, plural } from "@/shared/lib/format";
import { Badge, State } from "@/shared/ui/badge";
import { Button } from "@/shared/ui/button";
import { Heading } from "@/shared/ui/section";
import { Empty, Loaded } from "@/shared/ui/states";
import { Row, Table, Td, Th } from "@/shared/ui/table";
import { toast, toastProblem } from "@/shared/ui/toast";
import { DeadLetters } from "./dead-letters";
import { type QueueName, type QueueView, queuesQuery, useRedrive } from "./queries";

const WORDS: Record<QueueName, string> = {
  imports: "Imports",
  enrolments: "Enrolments",
  enrichment: "Enrich leads",
  columns: "Fill columns",
  ai: "Opening lines",
  send: "Sends",
  inbound: "Replies and events",
  visits: "Opens, clicks and visits",
  mailboxes: "Reading mailboxes",
  folds: "Keeping the lead list",
};

const queueName = (name: QueueName) => WORDS[name];

function healthOf(q: QueueView) {
  if (q.dead > 0) return <State tone="bad">{count(q.dead)} failed</State>;
  return <State tone="good">Healthy</State>;
}

export function Queues() {
  const query = useQuery(queuesQuery);
  const queues = query.data?.queues ?? [];
  return (
    <>
      <section aria-label="Background jobs" className="border-t px-6 pb-4 max-lg:px-4">
        <Heading note="approximate, for the whole installation">Background jobs</Heading>
        <Loaded query={query} what="The queues">
          {() => (
            <Table
              scrolls="Table"
              className="sm:min-w-130"
              head={
                <>
                  <Th>Queue</Th>
                  <Th>State</Th>
                  <Th end>Waiting</Th>
                  <Th end wide>
                    Delayed
                  </Th>
                  <Th end wide>
                    In progress
                  </Th>
                  <Th end>Failed</Th>
                </>
              }
            >
              {queues.map((q) => (
                <Row key={q.name}>
                  <Td className="font-medium">{queueName(q.name)}</Td>
                  <Td>{healthOf(q)}</Td>
                  <Td end>{count(q.waiting)}</Td>
                  <Td end wide className="text-ink-2">
                    {count(q.delayed)}
                  </Td>
                  <Td end wide className="text-ink-2">
                    {count(q.in_flight)}
                  </Td>
                  <Td end>{q.dead ? <span className="font-medium text-bad-ink">{count(q.dead)}</span> : "0"}</Td>
                </Row>
              ))}
            </Table>
          )}
        </Loaded>
      </section>
      {query.data ? <NeedsAPerson dead={queues.filter((q) => q.dead > 0)} /> : null}
    </>
  );
}

function NeedsAPerson({ dead }: { dead: QueueView[] }) {
  const redrive = useRedrive();
  const may = useMay("admin");
  const [shown, setShown] = useState<QueueName>();
  const again = async (q: QueueView) => {
    try {
      await redrive.mutateAsync(q.name);
      toast(`Retrying ${plural(q.dead, "message")}: ${queueName(q.name)}`);
    } catch (error) {
      toastProblem("Could not retry the messages", error);
    }
  };
  return (
    <section aria-label="Failed jobs" className="border-t px-6 pb-6 max-lg:px-4">
      <Heading note={dead.length ? count(dead.reduce((n, q) => n + q.dead, 0)) : undefined}>Failed jobs</Heading>
      {dead.length === 0 ? (
        <Empty title="No failed jobs" className="!mx-0 !mt-1">
          Repeated failures are set aside here.
        </Empty>
      ) : (
        <>
          {may ? null : <p className="pb-2 text-ink-2">Ask an admin to retry them.</p>}
          <ul className="max-w-table divide-y border-y">
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
                    {shown === q.name ? "Hide" : "Show"}
                  </Button>
                  {may ? (
                    <Button
                      size="sm"
                      icon={<RotateCcw size={14} />}
                      busy={redrive.isPending && redrive.variables === q.name}
                      onClick={() => void again(q)}
                    >
                      Retry {count(q.dead)}
                    </Button>
                  ) : null}
                </div>
                {shown === q.name ? <DeadLetters name={q.name} /> : null}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
