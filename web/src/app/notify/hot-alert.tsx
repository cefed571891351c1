// The alert that a lead turned hot: shown once, at the foot of any page, with the number to call; after that it stays in
// the bell's list.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Phone } from "lucide-react";
import { useEffect, useState } from "react";
import { client, unwrap } from "@/api/client";
import { CallAction } from "@/app/calls/phone-link";
import { HeatMark } from "@/app/parts/heat";
import { happened, phone } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { Button, buttonStyle } from "@/shared/ui/button";
import { isNews, noteShown, shownBefore } from "./hot-news";
import { notificationsQuery, useMarkRead } from "./queries";

/**
 * The alert is shown for this long, unless the user is using its buttons; then it stays in the bell's list. It has a
 * place of its own below the page: it covers nothing, and what is above it does not move.
 */
const SHOWN_MS = 12_000;

export function HotAlert() {
  const items = useQuery(notificationsQuery).data?.items ?? [];
  const read = useMarkRead();
  const now = useNow();
  const [over, setOver] = useState(shownBefore);
  const [isUsed, setUsed] = useState(false);
  const end = (id: string) => {
    noteShown(id);
    setOver((before) => [...before, id]);
    setUsed(false);
  };
  const answer = (id: string) => {
    end(id);
    read.mutate(id);
  };
  const hot = items.find((n) => isNews(n, over, now));
  const shown = hot?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `end` is another one at each drawing
  useEffect(() => {
    if (!shown || isUsed) return;
    const timer = setTimeout(() => end(shown), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [shown, isUsed]);
  const lead = hot?.lead_id ?? "";
  const query = useQuery({
    queryKey: ["leads", "one", lead],
    queryFn: ({ signal }) => unwrap(client.GET("/api/leads/{id}", { params: { path: { id: lead } }, signal })),
    enabled: !!lead,
  });
  const known = query.data;
  if (!hot?.lead_id || query.isPending) return null;
  const since = happened(hot.created_at, now);
  return (
    <section
      aria-label="Hot lead"
      onPointerEnter={() => setUsed(true)}
      onPointerLeave={() => setUsed(false)}
      onFocus={() => setUsed(true)}
      onBlur={() => setUsed(false)}
      className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-hot/40 border-t bg-hot-soft px-6 py-2 max-lg:px-4"
    >
      <div className="flex min-w-60 flex-1 items-center gap-3">
        <HeatMark temperature="hot" size={20} />
        <div className="min-w-0 flex-1" role="status">
          <p className="font-semibold">
            {hot.title} {since === "now" ? "" : <span className="font-normal text-ink-2">{since}</span>}
          </p>
          <p className="text-ink-2">{hot.detail}</p>
        </div>
      </div>
      <div className="flex flex-wrap gap-2">
        {known?.phone ? (
          <CallAction
            number={known.phone}
            lead={lead}
            onCall={() => answer(hot.id)}
            className={buttonStyle({ kind: "primary" })}
          >
            <Phone size={15} aria-hidden="true" /> {phone(known.phone)}
          </CallAction>
        ) : null}
        <Link
          to="/leads/$id"
          params={{ id: hot.lead_id }}
          onClick={() => answer(hot.id)}
          className={buttonStyle({ kind: "outline" })}
        >
          Open the lead
        </Link>
        <Button kind="quiet" onClick={() => answer(hot.id)}>
          Dismiss
        </Button>
      </div>
    </section>
  );
}
