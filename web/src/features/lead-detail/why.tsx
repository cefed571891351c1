// Why something goes out to this lead, waits or does not: in each campaign, and outside of all.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { Checks } from "@/app/timeline/checks";
import { EnrolmentActions } from "@/app/timeline/enrolment-actions";
import { notArrived } from "@/app/timeline/format";
import type { LeadEnrolment } from "@/app/timeline/model";
import { nextActionWords } from "@/app/timeline/next-action";
import { timelineQuery, type Undelivered, undelivered } from "@/app/timeline/queries";
import { capital, type Instant, when, words, yourTime } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { CHANNEL_WORDS, END_WORDS, HOLD_WORDS, TASK_KIND_WORDS } from "@/shared/lib/labels";
import { zoneWords } from "@/shared/lib/zone-words";
import { Drawer } from "@/shared/ui/dialog";
import { Loaded } from "@/shared/ui/states";
import { TrackingWhy } from "./tracking-why";

type Happened = Schema["Happened"];

type WhyInCampaign = Schema["WhyInCampaign"];

type LeadWhy = Schema["LeadWhy"];

const leadWhyQuery = (id: string) =>
  queryOptions({
    queryKey: ["leads", "why", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/leads/{id}/why", { params: { path: { id } }, signal })),
    staleTime: 0,
    gcTime: 0,
  });

/** `lost`: the messages of this campaign that did not arrive. */
export function happenedWords(h: Happened, lost: Undelivered[] = []): string {
  switch (h.what) {
    case "enrolled":
      return "Enrolled";
    case "message": {
      const step = h.step === null || h.step === undefined ? "" : `Step ${h.step + 1}, `;
      const mine = lost.find((m) => m.step === h.step && m.channel === h.channel);
      const state =
        mine && mine.state === h.state ? notArrived(mine.state, mine.failure) : words(h.state).toLowerCase();
      return `${step}${CHANNEL_WORDS[h.channel]}: ${state}`;
    }
    case "task":
      return `${TASK_KIND_WORDS[h.task_kind]}: ${h.title}, ${h.outcome ? words(h.outcome).toLowerCase() : "open"}`;
    case "ended":
      return `Ended: ${END_WORDS[h.reason].toLowerCase()}`;
  }
}

function standsAt(e: LeadEnrolment): string {
  if (e.state === "ended") return "ended";
  if (e.state === "held") return `held: ${(e.hold_reason ? HOLD_WORDS[e.hold_reason] : "for a reason").toLowerCase()}`;
  return `step ${Math.min(e.step + 1, e.steps)} of ${e.steps}`;
}

export function LeadWhyDrawer({
  lead,
  name,
  first,
  open,
  onClose,
}: {
  lead: string;
  name: string;
  /** The campaign that the user asked about is on top. */
  first?: string;
  open: boolean;
  onClose: () => void;
}) {
  const query = useQuery({ ...leadWhyQuery(lead), enabled: open });
  return (
    <Drawer open={open} onClose={onClose} title="What happens next, and why?" description={name}>
      <Loaded query={query} what="The reasons">
        {(why) => <Reasons why={why} lead={lead} name={name} first={first} />}
      </Loaded>
    </Drawer>
  );
}

function Reasons({ why, lead, name, first }: { why: LeadWhy; lead: string; name: string; first?: string }) {
  const now = useNow();
  const asked = why.enrolments.filter((one) => one.enrolment.campaign === first);
  const others = why.enrolments.filter((one) => one.enrolment.campaign !== first);
  return (
    <>
      {why.enrolments.length === 0 ? (
        <p className="mb-3 rounded-panel bg-accent-soft px-3.5 py-2.5">
          Not in an active campaign, so nothing is sent automatically. Enrol them to start a sequence.
        </p>
      ) : null}
      {[...asked, ...others].map((one, i) => (
        <InCampaign key={`${one.enrolment.campaign}${i}`} one={one} lead={lead} name={name} now={now} />
      ))}
      <section aria-label="Can they be contacted?">
        <h3 className="mb-1 font-semibold">Can they be contacted?</h3>
        <Checks checks={why.checks} all />
      </section>
    </>
  );
}

function InCampaign({ one, lead, name, now }: { one: WhyInCampaign; lead: string; name: string; now: number }) {
  const may = useMay("rep");
  const timeline = useQuery(timelineQuery(lead)).data;
  const { enrolment: e } = one;
  const lost = undelivered(timeline?.items ?? [], e.campaign);
  const over = e.state === "ended";
  const tell = (at: Instant) => yourTime(at, one.zone);
  return (
    <section aria-label={e.campaign_name} className="mb-5 border-b pb-4">
      <h3 className="mb-2 flex flex-wrap items-baseline gap-x-2 font-semibold">
        <Link to="/campaigns/$id" params={{ id: e.campaign }} className="hover:underline">
          {e.campaign_name}
        </Link>
        <span className="text-meta font-normal text-ink-3">{standsAt(e)}</span>
      </h3>
      <p className="mb-3 rounded-panel bg-accent-soft px-3.5 py-2.5">
        {over
          ? `Ended: ${(e.end_reason ? END_WORDS[e.end_reason] : "ended").toLowerCase()}.`
          : nextActionWords(one.next, now, e.step, tell)}
      </p>
      <ol aria-label={`What happened in ${e.campaign_name}`} className="mb-3 text-meta text-ink-2">
        {one.happened.map((h, i) => (
          <li key={`${h.what}-${h.at}-${i}`} className="flex gap-3 py-0.5">
            <time dateTime={h.at} className="w-[104px] shrink-0">
              {when(h.at, now)}
            </time>
            <span className="min-w-0 break-words">{happenedWords(h, lost)}</span>
          </li>
        ))}
      </ol>
      <Checks checks={one.checks} tell={tell} />
      {one.tracking ? <TrackingWhy tracking={one.tracking} /> : null}
      {one.zone ? (
        <p className="mt-2 text-meta text-ink-3">
          Sequence version {e.version}. {capital(zoneWords(one.zone, one.zone_source))}.
        </p>
      ) : null}
      {may && !over ? (
        <div className="mt-3 flex flex-wrap gap-2">
          <EnrolmentActions
            campaign={e.campaign}
            lead={lead}
            name={name}
            state={e.state}
            reason={e.hold_reason}
            until={e.held_until}
            wanted={e.pause_wanted}
          />
        </div>
      ) : null}
    </section>
  );
}
