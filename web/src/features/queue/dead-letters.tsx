// The messages of one dead-letter queue; those of other workspaces are only counted.
import { useQuery } from "@tanstack/react-query";
import { plural } from "@/shared/lib/format";
import { Loaded } from "@/shared/ui/states";
import { deadQuery, type QueueName } from "./queries";

export function DeadLetters({ name }: { name: QueueName }) {
  const query = useQuery(deadQuery(name));
  return (
    <Loaded query={query} what="These messages">
      {(list) => (
        <>
          {list.total === 0 ? <p className="mt-2 text-ink-2">None left. They were retried in the meantime.</p> : null}
          <ul className="mt-2 space-y-1.5">
            {list.items.map((d) => (
              <li key={d.id} className="rounded-panel border bg-canvas px-3 py-2">
                <div className="flex flex-wrap gap-x-3">
                  <span className="font-medium">{d.summary}</span>
                  <span className="text-ink-2">{plural(d.attempts, "attempt")}</span>
                </div>
                <details>
                  <summary className="min-h-6 text-meta text-ink-2">Show message</summary>
                  <pre className="mt-1 text-meta break-all whitespace-pre-wrap">{d.body}</pre>
                </details>
              </li>
            ))}
          </ul>
          {list.total > list.items.length ? (
            <p className="mt-1.5 text-meta text-ink-3">
              {plural(list.total, "message")} in total{list.others ? ", some from other workspaces" : ""}. A retry
              includes all of them.
            </p>
          ) : null}
        </>
      )}
    </Loaded>
  );
}
