// Says that the list lacks what others changed since then, while the server is behind.
import { serverNow } from "@/api/clock";
import { clock, daysBetween, type Instant, when } from "@/shared/lib/format";

export function AsOfNote({ at, now = serverNow() }: { at: Instant; now?: Instant }) {
  const time = daysBetween(now, at) === 0 ? clock(at) : when(at, now);
  return (
    <p role="status" className="shrink-0 border-b bg-warm-soft px-6 py-1.5 text-warm-ink max-lg:px-4">
      Shows changes up to {time}. Newer ones follow.
    </p>
  );
}
