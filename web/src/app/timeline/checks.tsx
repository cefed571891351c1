// The checks in their order: for one lead's next step, the first that fails decides; for a campaign or an account all
// are shown.
import { Check, Minus, X } from "lucide-react";
import type { Schema } from "@/api/types";
import { cx } from "@/shared/lib/cx";
import { type Instant, when } from "@/shared/lib/format";
import { CHANNEL_WORDS } from "@/shared/lib/labels";

export type SeenCheck = Schema["Check"];

const RULES: Record<Schema["CheckRule"], string> = {
  enrolment_open: "Active in the campaign",
  enrolment_not_held: "Not paused or held",
  workspace_sending: "Sending is on",
  campaign_active: "The campaign is active",
  step_left: "Steps remaining",
  may_be_contacted: "Can be contacted",
  no_reply: "No reply on any channel",
  company_quiet: "No recent reply from a colleague",
  not_away: "Not out of office",
  reachable: "Address or number available",
  consent_recorded: "Consent suffices",
  task_done: "Task completed",
  goal_ahead: "Goal not reached yet",
  not_past_its_date: "Not past its last day",
  not_late: "Not late",
  not_sent_before: "Step not sent before",
  variant: "Variant",
  long_enough_apart: "Long enough since the last message",
  mailbox_usable: "Their mailbox is connected",
  domain_has_room: "Daily limit of their mail domain not reached",
  workspace_has_room: "Daily limit of the workspace not reached",
  branch: "Branch",
  delay_over: "Delay is over",
  not_a_day_off: "Not a holiday or day off",
  window_open: "Inside the sending window",
  quiet_hours: "Outside quiet hours",
  sender_hours: "Inside the sender's hours",
  provider_takes_messages: "Provider accepts messages",
  replies_read: "Replies were read",
  sender_enabled: "Account is on",
  sender_works: "Account works",
  sender_tried: "Account tested",
  sender_not_paused: "Account not paused",
  sender_has_room: "Account has capacity",
  in_a_campaign: "In an active campaign",
  sequence_has_steps: "Sequence has steps",
};

type Tell = (at: Instant) => string;

const CHANNELS = /^(email|sms|whatsapp)(, (email|sms|whatsapp))*$/;

/** A list of nothing but channels, in the words of users. */
const channelNames = (seen: string) =>
  CHANNELS.test(seen) ? seen.replace(/\w+/g, (channel) => CHANNEL_WORDS[channel as keyof typeof CHANNEL_WORDS]) : seen;

/** Formats instants inside the text of a check for users. */
export const seenWords = (seen: string, tell: Tell = when) =>
  channelNames(seen).replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (at) => tell(at));

/** `all`: checks after the first failing one were made too. */
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
                <span className="min-w-0 flex-1 font-medium">{RULES[c.rule]}</span>
                {here ? <span className="font-medium text-warm-ink">{all ? "No" : "Reason"}</span> : null}
                <span className="sr-only">{here ? "" : reached ? "passed" : "not checked"}</span>
              </span>
              <span className="block text-meta break-words text-ink-2">
                {reached ? seenWords(c.seen, tell) : "not checked"}
              </span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}
