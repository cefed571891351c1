// Why something goes out, waits or does not: the ordered checks, the deciding one tinted; and what a person can do about it.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, Minus, X } from "lucide-react";
import { client, unwrap } from "@/api/client";
import type { EnrolmentView } from "@/api/types";
import { cx } from "@/shared/lib/cx";
import { when, words } from "@/shared/lib/format";
import { END_WORDS, HOLD_WORDS } from "@/shared/lib/labels";
import { Button } from "@/shared/ui/button";
import { Drawer } from "@/shared/ui/dialog";
import { Loaded } from "@/shared/ui/states";
import { toast, toastProblem } from "@/shared/ui/toast";

interface EnrolmentWhy {
  enrolment: EnrolmentView;
  checks: { rule: string; passed: boolean; seen: string }[];
  zone: string;
  zone_source: string;
}

const RULES: Record<string, string> = {
  enrolment_open: "Still under way",
  enrolment_not_held: "Nobody holds it",
  workspace_sending: "Sending is on",
  campaign_active: "The campaign is active",
  step_left: "A step is left",
  may_be_contacted: "Nobody asked us to stop",
  no_reply: "No reply on any channel",
  reachable: "There is an address for this step",
  task_done: "The task is closed",
  goal_ahead: "No goal is reached yet",
  not_past_its_date: "Its last day is not over",
  not_sent_before: "They have not had this step",
  branch: "Which way it goes",
  delay_over: "The wait is over",
  not_a_day_off: "No holiday and no day off",
  window_open: "Inside the window, in their time",
  quiet_hours: "Not at night where they are",
  sender_hours: "The sender is at work",
  provider_takes_messages: "The provider takes messages",
};

const whyQuery = (campaign: string, lead: string) =>
  queryOptions({
    queryKey: ["campaigns", "why", campaign, lead],
    queryFn: ({ signal }) =>
      unwrap<EnrolmentWhy>(
        client.GET("/api/campaigns/{id}/enrolments/{lead}", { params: { path: { id: campaign, lead } }, signal }),
      ),
  });

type Move = "pause" | "resume" | "remove";

/** Instants inside what was seen, as people read them. */
export const seenWords = (seen: string) => seen.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (at) => when(at));

const isSent = (e: EnrolmentView) => !e.step_kind || e.step_kind === "email" || e.step_kind === "sms";

export function answerOf(e: EnrolmentView): string {
  if (e.state === "ended") return `It is over: ${(END_WORDS[e.end_reason ?? ""] ?? "ended").toLowerCase()}.`;
  if (e.state === "held") {
    const until = e.held_until ? ` It is looked at again ${when(e.held_until)}.` : "";
    return `Held: ${(HOLD_WORDS[e.hold_reason ?? ""] ?? "for a reason").toLowerCase()}.${until}`;
  }
  if (e.state === "pending") return "Waits for the campaign to be launched.";
  if (e.state === "waiting_task") return `A person has step ${e.step + 1}; when its task is closed, it goes on.`;
  if (e.state === "sending") return `Step ${e.step + 1} is being sent right now.`;
  return e.due
    ? `Step ${e.step + 1} ${isSent(e) ? "goes out" : "is due"} ${when(e.due)}, unless something changes before.`
    : `Step ${e.step + 1} is next.`;
}

export function WhyDrawer({ campaign, lead, onClose }: { campaign?: string; lead?: string; onClose: () => void }) {
  const open = !!campaign && !!lead;
  const cache = useQueryClient();
  const query = useQuery({ ...whyQuery(campaign ?? "", lead ?? ""), enabled: open });
  const move = useMutation({
    mutationFn: (m: Move) => {
      const path = { params: { path: { id: campaign ?? "", lead: lead ?? "" } } };
      switch (m) {
        case "pause":
          return unwrap(client.POST("/api/campaigns/{id}/enrolments/{lead}/pause", path));
        case "resume":
          return unwrap(client.POST("/api/campaigns/{id}/enrolments/{lead}/resume", path));
        case "remove":
          return unwrap(client.POST("/api/campaigns/{id}/enrolments/{lead}/remove", path));
      }
    },
    onSuccess: (_a, m) => toast(m === "pause" ? "Paused" : m === "resume" ? "Goes on" : "Taken out of the campaign"),
    onError: (error) => toastProblem("Nothing was changed", error),
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ["campaigns"] });
      void cache.invalidateQueries({ queryKey: ["leads"] });
    },
  });
  const e = query.data?.enrolment;
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
        e && e.state !== "ended" ? (
          <>
            {e.state === "held" && e.hold_reason === "paused_by_user" ? (
              <Button busy={move.isPending} onClick={() => move.mutate("resume")}>
                Let it go on
              </Button>
            ) : e.state === "scheduled" || e.state === "pending" ? (
              <Button busy={move.isPending} onClick={() => move.mutate("pause")}>
                Pause for {e.lead_name}
              </Button>
            ) : null}
            <Button kind="danger" busy={move.isPending} onClick={() => move.mutate("remove")}>
              Take out of the campaign
            </Button>
          </>
        ) : undefined
      }
    >
      <Loaded query={query} what="The reasons">
        {(why) => {
          const decided = why.checks.findIndex((c) => !c.passed);
          return (
            <>
              <p className="mb-3 rounded-panel bg-accent-soft px-3.5 py-2.5">{answerOf(why.enrolment)}</p>
              <ol aria-label="Checks in order">
                {why.checks.map((c, i) => {
                  const here = i === decided;
                  const reached = decided < 0 || i <= decided;
                  return (
                    <li
                      key={`${c.rule}-${i}`}
                      className={cx(
                        "-mx-2 grid grid-cols-[20px_minmax(0,1fr)] gap-x-2.5 rounded-control px-2 py-1.5",
                        here && "bg-warm-soft",
                      )}
                    >
                      <span
                        aria-hidden="true"
                        className={cx(
                          "mt-0.5 flex size-4 items-center justify-center rounded-full",
                          here
                            ? "bg-warm-ink text-surface"
                            : reached
                              ? "bg-good-soft text-good-ink"
                              : "border border-edge border-dotted text-ink-3",
                        )}
                      >
                        {here ? (
                          <X size={11} strokeWidth={3} />
                        ) : reached ? (
                          <Check size={11} strokeWidth={3} />
                        ) : (
                          <Minus size={11} />
                        )}
                      </span>
                      <span className="min-w-0">
                        <span className="flex items-baseline gap-2">
                          <span className="min-w-0 flex-1 font-medium">{RULES[c.rule] ?? words(c.rule)}</span>
                          {here ? <span className="font-medium text-warm-ink">Decided here</span> : null}
                          <span className="sr-only">{here ? "" : reached ? "passed" : "not reached"}</span>
                        </span>
                        <span className="block text-meta break-words text-ink-2">
                          {reached ? seenWords(c.seen) : "not reached"}
                        </span>
                      </span>
                    </li>
                  );
                })}
              </ol>
              <p className="mt-3 border-t pt-3 text-meta text-ink-2">
                Sequence version {why.enrolment.version}. Their zone is {why.zone}, from{" "}
                {words(why.zone_source).toLowerCase()}.
              </p>
            </>
          );
        }}
      </Loaded>
    </Drawer>
  );
}
