// Somebody turned hot: the one loud thing on the page.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { notificationsQuery, useMarkRead } from "@/app/notify/queries";
import { happened } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { Button, buttonStyle } from "@/shared/ui/button";
import { HeatMark } from "@/shared/ui/heat";

export function HotAlert() {
  const items = useQuery(notificationsQuery).data?.items ?? [];
  const read = useMarkRead();
  const now = useNow();
  const hot = items.find((n) => n.kind === "hot_lead" && !n.read_at && n.lead_id);
  if (!hot?.lead_id) return null;
  const since = happened(hot.created_at, now);
  return (
    <section
      aria-label="Hot lead"
      className="mx-6 mt-4 flex flex-wrap items-center gap-x-4 gap-y-3 rounded-card border border-hot/40 bg-hot-soft px-4 py-3 max-lg:mx-4 max-sm:mx-3"
    >
      <HeatMark temperature="hot" size={22} />
      <div className="min-w-0 flex-1 basis-[220px]">
        <p className="font-semibold">
          {hot.title} {since === "now" ? "" : <span className="font-normal text-ink-2">{since}</span>}
        </p>
        <p className="text-ink-2">{hot.detail}</p>
      </div>
      <div className="flex flex-wrap gap-2">
        <Link
          to="/leads/$id"
          params={{ id: hot.lead_id }}
          onClick={() => read.mutate(hot.id)}
          className={buttonStyle({ kind: "primary" })}
        >
          Open the lead
        </Link>
        <Button kind="quiet" onClick={() => read.mutate(hot.id)}>
          Later
        </Button>
      </div>
    </section>
  );
}
