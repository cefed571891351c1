// The queue: what waits, what is planned, and what needs a person.
import { useQuery } from "@tanstack/react-query";
import { useMay } from "@/app/auth/use-may";
import { Page, Scroll } from "@/app/shell/page";
import { plural } from "@/shared/lib/format";
import { HeldPeople } from "./held";
import { Mailings } from "./mailings";
import { PlannedSends } from "./planned";
import { queuesQuery } from "./queries";
import { Queues } from "./queues";

export function QueuePage() {
  const may = useMay("manager");
  const queues = useQuery({ ...queuesQuery, enabled: may }).data?.queues;
  const waiting = queues?.reduce((n, q) => n + q.waiting + q.in_flight + q.delayed, 0);
  return (
    <Page
      title="Queue"
      muted={queues ? (waiting ? `${plural(waiting, "message")} on the way` : "Nothing waits") : undefined}
    >
      <Scroll>
        <PlannedSends />
        <HeldPeople />
        <Mailings />
        {may ? <Queues /> : null}
      </Scroll>
    </Page>
  );
}
