// The lead's timeline: planned steps on top, a line for now, the past below.

import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { Recording } from "@/app/calls/recording";
import { Quote } from "@/app/parts/quote";
import { SentText } from "@/app/parts/sent-text";
import { useStanding, waitOf } from "@/app/pause/waits";
import { teamQuery } from "@/app/shared-queries";
import { OpenTask } from "@/app/tasks/open-task";
import { taskQuery } from "@/app/tasks/queries";
import { CancelPlanned } from "@/app/timeline/cancel-message";
import { type TimelineItem, timelineItems } from "@/app/timeline/format";
import { TimelineIcon } from "@/app/timeline/icon";
import { timelineQuery } from "@/app/timeline/queries";
import { ReconcileUncertain } from "@/app/timeline/reconcile";
import { clock, day, when } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { Loaded } from "@/shared/ui/states";
import { NowRule, Station, Timeline } from "@/shared/ui/timeline";

export function LeadTimeline({ id }: { id: string }) {
  const query = useQuery(timelineQuery(id));
  const now = useNow();
  const standing = useStanding();
  const team = useQuery(teamQuery).data?.items ?? [];
  const ids = new Set(timelineItems(query.data?.items ?? []).flatMap((t) => (t.planned && t.task ? [t.task] : [])));
  // A task's text takes space above the past entries, so both are shown together.
  const tasks = useQueries({ queries: [...ids].map(taskQuery) });
  const wereComing = useRef(true);
  wereComing.current &&= query.isPending || tasks.some((task) => task.isPending);
  return (
    <Loaded query={wereComing.current ? { ...query, data: undefined } : query} what="The timeline">
      {(page) => {
        const waiting = (t: TimelineItem) => {
          if (!t.goesOut) return t;
          const own = page.enrolments.find((e) => e.campaign === t.goesOut?.campaign);
          const wait =
            own?.campaign_state === "paused" ? "the campaign is paused" : waitOf(standing, t.goesOut.account, t.at);
          return wait ? { ...t, tone: "held" as const, detail: `Waits: ${wait}` } : t;
        };
        const told = timelineItems(page.items, (user) => team.find((member) => member.id === user)?.name).map(waiting);
        const future = told.filter((t) => t.planned);
        const past = told.filter((t) => !t.planned);
        const time = (at: string) => {
          const d = day(at, now);
          return (
            <time dateTime={at}>
              {d === "Today" ? "" : `${d} `}
              {clock(at)}
            </time>
          );
        };
        return (
          <Timeline label="Timeline">
            {future.map((t) => (
              <Station
                key={t.id}
                time={time(t.at)}
                tone={t.tone}
                icon={<TimelineIcon name={t.icon} />}
                title={t.title}
                note={t.note}
                detail={t.detail}
                text={t.text ? <SentText text={t.text} of={t.title} /> : undefined}
                aside={t.waits ? <CancelPlanned message={t.waits} who={`${t.title}, ${when(t.at)}`} /> : undefined}
                below={t.task ? <OpenTask id={t.task} /> : undefined}
              />
            ))}
            <NowRule time={clock(now)} />
            {past.map((t, i) => (
              <Station
                key={t.id}
                time={time(t.at)}
                tone={t.tone}
                icon={<TimelineIcon name={t.icon} />}
                title={t.title}
                note={t.note}
                detail={t.detail}
                quote={t.quote ? <Quote text={t.quote} quoted={t.quoted} /> : undefined}
                text={t.text ? <SentText text={t.text} of={t.title} /> : undefined}
                aside={
                  t.uncertain ? (
                    <ReconcileUncertain message={t.uncertain} who={t.title} checkingUntil={t.checkingUntil} />
                  ) : t.parted ? (
                    <Link
                      to="/leads/$id"
                      params={{ id: t.parted }}
                      className="font-medium text-accent-ink hover:underline"
                    >
                      Open lead
                    </Link>
                  ) : t.client ? (
                    <Link
                      to="/clients/$id"
                      params={{ id: t.client }}
                      className="font-medium text-accent-ink hover:underline"
                    >
                      Open client
                    </Link>
                  ) : t.recording ? (
                    <Recording {...t.recording} />
                  ) : undefined
                }
                last={i === past.length - 1}
              />
            ))}
            {past.length === 0 ? (
              <li className="pl-[136px] text-ink-2 max-sm:pl-0">Nothing has happened yet.</li>
            ) : null}
          </Timeline>
        );
      }}
    </Loaded>
  );
}
