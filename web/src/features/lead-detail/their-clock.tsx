// The local time of the lead.
import { clock } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";

export function TheirClock({ zone }: { zone: string }) {
  const now = useNow();
  try {
    return <>{clock(now, zone)}</>;
  } catch {
    return <>{zone}</>;
  }
}
