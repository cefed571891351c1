// Why something goes out, waits or does not: the ordered checks, with the deciding one tinted.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { asProblem } from "@/api/errors";
import type { EnrolmentView } from "@/api/types";
import { useMay } from "@/app/auth/use-may";
import { useStanding, waitOf } from "@/app/pause/waits";
import { useWorkspaceZone } from "@/app/shell/queries";
import { capital, type Instant, yourTime } from "@/shared/lib/format";
import { useNow } from "@/shared/lib/hooks";
import { CHANNEL_WORDS, END_WORDS, HOLD_WORDS, holdEnd } from "@/shared/lib/labels";
import { zoneWords } from "@/shared/lib/zone-words";
import { Drawer } from "@/shared/ui/dialog";
import { Loaded } from "@/shared/ui/states";
import { Checks } from "./checks";
import { EnrolmentActions } from "./enrolment-actions";
import { notArrived } from "./format";
import { type NextAction, nextActionWords } from "./next-action";
import { timelineQuery, undelivered } from "./queries";

const whyQuery = (campaign: string, lead: string) =>
  queryOptions({
    queryKey: ["campaigns", "why", campaign, lead],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/campaigns/{id}/enrolments/{lead}", { params: { path: { id: campaign, lead } }, signal })),
  });

const isSent = (e: EnrolmentView) => !e.step_kind || e.step_kind in CHANNEL_WORDS;

/** `wait`: why what is due goes out later than planned. */
export function answerOf(e: EnrolmentView, tell: (at: Instant) => string, zone?: string, wait?: string): string {
  if (e.state === "ended") return `Ended: ${(e.end_reason ? END_WORDS[e.end_reason] : "ended").toLowerCase()}.`;
  if (e.state === "held") {
    const until = e.held_until
      ? ` Checked again ${holdEnd(e, zone, tell)}.`
      : e.hold_reason === "missing_value"
        ? " It resumes once the value is filled in."
        : e.hold_reason === "no_consent"
          ? " It resumes once the consent is recorded."
          : e.hold_reason === "unknown_zone"
            ? " It resumes once the time zone is known: enter it, or the lead's address."
            : "";
    const then = e.pause_wanted ? " Then it is paused." : "";
    return `Held: ${(e.hold_reason ? HOLD_WORDS[e.hold_reason] : "for a reason").toLowerCase()}.${until}${then}`;
  }
  if (e.state === "pending") {
    const then = e.pause_wanted ? " Then it is paused." : "";
    return `Waiting for the campaign to launch.${then}`;
  }
  if (e.state === "waiting_task") return `Step ${e.step + 1} is a task. The sequence continues when it is completed.`;
  if (e.state === "sending")
    return `Step ${e.step + 1} is being sent now.${e.pause_wanted ? " Then it is paused." : ""}`;
  if (wait && isSent(e)) return `Step ${e.step + 1} waits: ${wait}.`;
  return e.due
    ? `Step ${e.step + 1} ${isSent(e) ? "goes out" : "is due"} ${tell(e.due)}, unless something changes.`
    : `Step ${e.step + 1} is next.`;
}

/** Whether the answer already says what comes next, and when. */
export function isAnswered(e: EnrolmentView, next: NextAction): boolean {
  const at = next.at ? Date.parse(next.at) : undefined;
  const told = [e.held_until, e.due].map((said) => (said ? Date.parse(said) : undefined));
  return e.state === "ended" || next.what === "await_task" || (at !== undefined && told.includes(at));
}

export function WhyDrawer({ campaign, lead, onClose }: { campaign?: string; lead?: string; onClose: () => void }) {
  const open = !!campaign && !!lead;
  const may = useMay("rep");
  const now = useNow();
  const zone = useWorkspaceZone();
  const standing = useStanding();
  // The query is read here: the answer may come before the drawer's own code, and only a query that is read triggers a
  // render.
  const { data, error, isPending, refetch } = useQuery({ ...whyQuery(campaign ?? "", lead ?? ""), enabled: open });
  const e = data?.enrolment;
  const tell = (at: Instant) => yourTime(at, data?.zone);
  return (
    <Drawer
      open={open}
      onClose={onClose}
      title={
        e
          ? e.state === "ended"
            ? "Why did it end?"
            : e.state === "held"
              ? "Why is nothing going out?"
              : "What happens next, and why?"
          : "Why"
      }
      description={e ? e.lead_name : undefined}
      footer={
        e && e.state !== "ended" && may ? (
          <EnrolmentActions
            campaign={e.campaign_id}
            lead={e.lead_id}
            name={e.lead_name}
            state={e.state}
            reason={e.hold_reason}
            until={e.held_until}
            wanted={!!e.pause_wanted}
          />
        ) : undefined
      }
    >
      <Loaded query={{ data, error, isPending, refetch }} what="The reasons">
        {(why) => (
          <>
            <p className="mb-3 rounded-panel bg-accent-soft px-3.5 py-2.5">
              {answerOf(why.enrolment, tell, zone, waitOf(standing, why.enrolment.mailbox_id, why.enrolment.due))}
            </p>
            <NotArrived lead={why.enrolment.lead_id} campaign={why.enrolment.campaign_id} tell={tell} />
            {isAnswered(why.enrolment, why.next) ? null : (
              <p className="mb-3">
                <span className="text-ink-2">Next:</span> {nextActionWords(why.next, now, why.enrolment.step, tell)}
              </p>
            )}
            <Checks checks={why.checks} tell={tell} />
            <p className="mt-3 border-t pt-3 text-meta text-ink-2">
              Sequence version {why.enrolment.version}. {capital(zoneWords(why.zone, why.zone_source))}.
            </p>
          </>
        )}
      </Loaded>
    </Drawer>
  );
}

/** The campaign's messages that did not arrive, with the provider's words. */
function NotArrived({ lead, campaign, tell }: { lead: string; campaign: string; tell: (at: Instant) => string }) {
  const { data, error } = useQuery(timelineQuery(lead));
  if (error && !data)
    return <p className="mb-3 text-bad-ink">Could not check for undelivered messages: {asProblem(error).detail}</p>;
  const lost = undelivered(data?.items ?? [], campaign);
  if (!lost.length) return null;
  return (
    <ul aria-label="Undelivered messages" className="mb-3">
      {lost.map((m) => (
        <li key={m.id} className="break-words text-bad-ink">
          {m.step === null || m.step === undefined ? "" : `Step ${m.step + 1}, `}
          {CHANNEL_WORDS[m.channel]}, {tell(m.at)}: {notArrived(m.state, m.failure)}.
        </li>
      ))}
    </ul>
  );
}
