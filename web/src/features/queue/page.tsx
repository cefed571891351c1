// The queue: waiting and planned messages, and what needs a user.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMay } from "@/app/auth/use-may";
import { bulkMessagesQuery } from "@/app/bulk-message/queries";
import { Page, Scroll } from "@/app/shell/page";
import { plural } from "@/shared/lib/format";
import { Together } from "@/shared/ui/states";
import { BulkMessages } from "./bulk-messages";
import { HeldPeople, heldQuery } from "./held";
import { PlannedSends } from "./planned";
import { accountsQuery, queuesQuery, uncertainQuery } from "./queries";
import { Queues } from "./queues";
import { Uncertain } from "./uncertain";

export function QueuePage() {
  // The queues hold messages of all workspaces: an admin of the one that installed this looks into them.
  const may = useMay("admin");
  const all = useQuery({ ...queuesQuery, enabled: may });
  const parts = [
    useQuery(accountsQuery),
    useInfiniteQuery(uncertainQuery),
    useInfiniteQuery(heldQuery("")),
    useQuery(bulkMessagesQuery),
  ];
  const queues = all.data?.queues;
  const waiting = queues?.reduce((n, q) => n + q.waiting + q.in_flight + q.delayed, 0);
  return (
    <Page
      title="Queue"
      muted={queues ? (waiting ? `${plural(waiting, "message")} waiting` : "Nothing waiting") : undefined}
    >
      <Scroll>
        <Together queries={may ? [...parts, all] : parts} what="The queue">
          <PlannedSends />
          <Uncertain />
          <HeldPeople />
          <BulkMessages />
          {may && all.data !== null ? <Queues /> : null}
        </Together>
      </Scroll>
    </Page>
  );
}
