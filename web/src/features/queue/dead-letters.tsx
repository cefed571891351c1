// The messages of one dead-letter queue.
import { useQuery } from "@tanstack/react-query";
import { when } from "@/shared/lib/format";
import { Loaded } from "@/shared/ui/states";
import { deadQuery } from "./queries";

export function DeadLetters({ name }: { name: string }) {
  const query = useQuery(deadQuery(name));
  return (
    <Loaded query={query} what="These messages">
      {(page) => (
        <ul className="mt-2 space-y-1.5">
          {page.items.map((d) => (
            <li key={d.id} className="rounded-panel border bg-canvas px-3 py-2">
              <div className="flex gap-3 text-meta text-ink-2">
                {d.received_at ? <span>{when(d.received_at)}</span> : null}
                {d.attempts ? <span>{d.attempts} tries</span> : null}
                <span className="min-w-0 truncate">{d.id}</span>
              </div>
              <p className="mt-0.5 text-meta break-all">{d.summary ?? d.body}</p>
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  );
}
