// Bulk messages: the progress of each, and cancelling what has not gone out.
import { useQuery } from "@tanstack/react-query";
import { useMay } from "@/app/auth/use-may";
import { leftOutWords } from "@/app/bulk-message/dialog";
import { type BulkMessage, bulkMessagesQuery, isUnderWay, useCancelBulkMessage } from "@/app/bulk-message/queries";
import { useStanding, waitOf } from "@/app/pause/waits";
import { useWorkspaceZone } from "@/app/shell/queries";
import { count, plural, when, yourTime } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { CHANNEL_WORDS } from "@/shared/lib/labels";
import { Button } from "@/shared/ui/button";
import { ProgressBar } from "@/shared/ui/progress";
import { Heading } from "@/shared/ui/section";
import { Empty, Loaded } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";

/** The time at which a planned one goes out, in the reader's time zone. */
function plannedWords(m: BulkMessage, now: number, zone?: string): string | undefined {
  if (!m.send_at) return undefined;
  const then = yourTime(m.send_at, zone, now);
  if (m.cancelled_at) return `was scheduled for ${then}`;
  return Date.parse(m.send_at) > now ? `goes out ${then}` : `scheduled for ${then}`;
}

/** `zone`: the workspace's time zone. `wait`: why what is still to be sent does not go out. */
export function stateWords(m: BulkMessage, now: number, zone?: string, wait?: string): string {
  const left = Object.entries(m.left_out).map(([why, n]) => `${leftOutWords(why).toLowerCase()} ${count(n)}`);
  return [
    wait && isUnderWay(m) ? `waits: ${wait}` : plannedWords(m, now, zone),
    m.cancelled_at ? `cancelled ${when(m.cancelled_at, now)}` : m.finished_at ? undefined : "checking leads",
    `${count(m.sent)} of ${count(m.queued)} sent`,
    m.failed ? `${count(m.failed)} failed` : undefined,
    m.uncertain ? `${count(m.uncertain)} uncertain` : undefined,
    m.cancelled ? `${count(m.cancelled)} cancelled` : undefined,
    left.length ? `left out: ${left.join(", ")}` : undefined,
  ]
    .filter(Boolean)
    .join(" · ");
}

export function BulkMessages() {
  const query = useQuery(bulkMessagesQuery);
  const cancel = useCancelBulkMessage();
  const may = useMay("rep");
  const now = useNow();
  const zone = useWorkspaceZone();
  const standing = useStanding();
  return (
    <section aria-label="Bulk messages" className="border-t px-6 pb-4 max-lg:px-4">
      <Heading note="within the limits of each account and the workspace">Bulk messages</Heading>
      <Loaded query={query} what="Bulk messages">
        {(page) =>
          page.items.length === 0 ? (
            <Empty title="No bulk messages yet" className="!mx-0 !mt-1">
              Select leads on the Leads page to message them all at once.
            </Empty>
          ) : (
            <ul className="max-w-table divide-y border-y">
              {page.items.map((m) => (
                <li key={m.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2.5">
                  <span className="min-w-0 flex-1 basis-65">
                    <span className="block font-medium break-words">{m.subject || CHANNEL_WORDS[m.channel]}</span>
                    <span className="block text-meta text-ink-2">
                      {plural(m.people, "lead")}, {m.send_at ? "written " : ""}
                      {when(m.created_at, now)} · {stateWords(m, now, zone, waitOf(standing, m.account_id, m.send_at))}
                    </span>
                    <ProgressBar
                      parts={[{ value: m.sent, className: "bg-c1" }]}
                      total={Math.max(1, m.queued)}
                      label={`${m.subject || CHANNEL_WORDS[m.channel]}: ${count(m.sent)} of ${count(m.queued)} sent`}
                    />
                  </span>
                  {may && isUnderWay(m) ? (
                    <Button
                      size="sm"
                      aria-label={`Cancel the rest of ${m.subject || CHANNEL_WORDS[m.channel]}`}
                      busy={cancel.isPending && cancel.variables === m.id}
                      onClick={() =>
                        cancel.mutate(m.id, {
                          onSuccess: () => void toast("Remaining messages cancelled"),
                          onError: (error) => toastProblem("Could not cancel the messages", error),
                        })
                      }
                    >
                      Cancel the rest
                    </Button>
                  ) : null}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
