// The checks that were made, in order: of one lead's next step, the first that fails decides; of a campaign or an account
// all are told.
import { Check, Minus, X } from "lucide-react";
import type { Schema } from "@/api/types";
import { cx } from "@/shared/lib/cx";
import { type Instant, when, words } from "@/shared/lib/format";

export type SeenCheck = Schema["Check"];

export const RULES: Record<string, string> = {
  enrolment_open: "Still under way",
  enrolment_not_held: "Nobody holds it",
  workspace_sending: "Sending is on",
  campaign_active: "The campaign is active",
  step_left: "A step is left",
  may_be_contacted: "May be contacted",
  no_reply: "No reply on any channel",
  company_quiet: "Nobody else of their company has just answered",
  not_away: "They are not away",
  reachable: "There is an address for this step",
  task_done: "The task is closed",
  goal_ahead: "No goal is reached yet",
  not_past_its_date: "Its last day is not over",
  not_late: "It is not late",
  not_sent_before: "They have not had this step",
  variant: "Which variant they get",
  long_enough_apart: "Long enough after the last message",
  mailbox_usable: "The mailbox that writes to them is there",
  domain_has_room: "Their mail domain has room today",
  workspace_has_room: "The workspace has room today",
  branch: "Which way it goes",
  delay_over: "The wait is over",
  not_a_day_off: "No holiday and no day off",
  window_open: "Inside the window, in their time",
  quiet_hours: "Not at night where they are",
  sender_hours: "The sender is at work",
  provider_takes_messages: "The provider takes messages",
  sender_enabled: "The account is switched on",
  sender_works: "The account works",
  sender_tried: "The account has been tried",
  sender_not_paused: "The account is not paused",
  sender_has_room: "The account has room",
  in_a_campaign: "A campaign leads them",
  sequence_has_steps: "The sequence has steps",
};

type Tell = (at: Instant) => string;

/** Instants inside what was seen, as people read them. */
export const seenWords = (seen: string, tell: Tell = when) =>
  seen.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (at) => tell(at));

/** `all`: those behind the first that fails were made as well. */
export function Checks({ checks, all, tell }: { checks: SeenCheck[]; all?: boolean; tell?: Tell }) {
  const decided = checks.findIndex((c) => !c.passed);
  return (
    <ol aria-label="Checks in order">
      {checks.map((c, i) => {
        const here = all ? !c.passed : i === decided;
        const reached = all || decided < 0 || i <= decided;
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
                {here ? <span className="font-medium text-warm-ink">{all ? "No" : "Decided here"}</span> : null}
                <span className="sr-only">{here ? "" : reached ? "passed" : "not reached"}</span>
              </span>
              <span className="block text-meta break-words text-ink-2">
                {reached ? seenWords(c.seen, tell) : "not reached"}
              </span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}
