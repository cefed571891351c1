// The calls that the user has made today, latest first.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { clock, daysBetween } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { OUTCOME_WORDS } from "@/shared/lib/labels";
import { Heading } from "@/shared/ui/section";
import { callsQuery } from "./queries";

export function DoneToday() {
  const now = useNow();
  const calls = useInfiniteQuery(callsQuery("mine")).data?.pages[0]?.items ?? [];
  const made = calls.filter((call) => call.done_at && daysBetween(call.done_at, now) === 0);
  if (!made.length) return null;
  return (
    <section aria-label="Done today" className="mt-4">
      <Heading className="px-6 max-lg:px-4" note={made.length}>
        Done today
      </Heading>
      <ul className="border-t">
        {made.map((call) => (
          <li
            key={call.id}
            className="grid grid-cols-[88px_minmax(0,1fr)_auto] items-baseline gap-x-3 border-b px-6 py-1.5 max-lg:px-4 max-sm:grid-cols-[48px_minmax(0,1fr)_auto]"
          >
            <span className="text-right text-ink-2">{clock(call.done_at ?? now)}</span>
            <Link to="/leads/$id" params={{ id: call.lead_id }} className="truncate font-medium hover:underline">
              {call.lead_name}
            </Link>
            <span className="text-ink-2">{call.outcome ? OUTCOME_WORDS[call.outcome] : ""}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
