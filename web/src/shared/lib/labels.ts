// The words for codes of the API, the same on every page.
import type { Channel, Schema } from "@/api/types";
import type { DotTone } from "@/shared/ui/badge";
import { type Instant, when, whenIn, words } from "./format";

type HoldReason = Schema["HoldReason"];

/** The word of a code whose list the schema leaves open; one that is not known here is spelled out. */
export const wordOf = (known: Partial<Record<string, string>>, code: string): string => known[code] ?? words(code);

/** A map of words as the choices of a field, in its order. */
export const optionsOf = <T extends string>(words: Record<T, string>) =>
  (Object.entries(words) as [T, string][]).map(([value, label]) => ({ value, label }));

export const CAMPAIGN_WORDS: Record<Schema["CampaignWord"], { word: string; tone: DotTone }> = {
  draft: { word: "Draft", tone: "open" },
  active: { word: "Active", tone: "good" },
  pausing: { word: "Pausing", tone: "wait" },
  paused: { word: "Paused", tone: "held" },
  completed: { word: "Completed", tone: "done" },
  archived: { word: "Archived", tone: "open" },
};

interface Hold {
  word: string;
  /** The event that ends a hold without a set end. */
  ends: string;
  /** Whether a user chose the end, which is then given in the time zone in which it was set. */
  isPause: boolean;
  /** What a release of all leads held for it does besides; null where they are not released together. */
  release: string | null;
  /** Whether a user may end the hold of one lead. */
  mayResume: boolean;
  /** Whether a user may skip the step at which the lead is held. */
  maySkip: boolean;
}

const hold = { ends: "When someone releases it", isPause: false, release: null, mayResume: true, maySkip: false };

/** What is said of a hold and what a user may do about it, by its reason: a reason without a row does not compile. */
export const HOLDS: Record<HoldReason, Hold> = {
  out_of_office: { ...hold, word: "Out of office" },
  paused_by_user: {
    ...hold,
    word: "Paused by a user",
    isPause: true,
    release: "This overrides the end date of any pause.",
    maySkip: true,
  },
  campaign_paused: {
    ...hold,
    word: "Campaign paused",
    ends: "When the campaign resumes",
    isPause: true,
    mayResume: false,
  },
  sending_stopped: {
    ...hold,
    word: "All sending stopped",
    ends: "When sending resumes",
    isPause: true,
    mayResume: false,
  },
  mailbox: {
    ...hold,
    word: "Mailbox or number missing or unreachable",
    release: "Leads whose mailbox or number is still missing or unreachable are held again.",
  },
  not_taken: {
    ...hold,
    word: "Refused, trying again",
    release: "Messages that the provider still does not accept are held again.",
  },
  account_paused: {
    ...hold,
    word: "Account paused",
    ends: "When the account resumes",
    isPause: true,
    mayResume: false,
  },
  missing_value: {
    ...hold,
    word: "Missing value",
    ends: "When the value is filled in",
    release:
      "Leads that get the value resume on their own. Release them if you changed the text instead. Leads still missing a value are held again.",
    maySkip: true,
  },
  uncertain: {
    ...hold,
    word: "Delivery uncertain, checking",
    ends: "When delivery is confirmed or ruled out",
    mayResume: false,
  },
  late: { ...hold, word: "Late: waiting for your decision", maySkip: true },
  company_answered: {
    ...hold,
    word: "A colleague replied",
    release: "They are contacted even though a colleague replied.",
  },
  no_consent: {
    ...hold,
    word: "No consent recorded",
    ends: "When the consent is recorded",
    maySkip: true,
  },
  unknown_zone: {
    ...hold,
    word: "Time zone unknown",
    ends: "When the time zone is known",
    maySkip: true,
  },
  owner_changed: {
    ...hold,
    word: "Waiting for the new owner",
    ends: "When the new owner releases it",
    release: "The new owners are not asked again.",
  },
};

export const HOLD_WORDS = Object.fromEntries(
  Object.entries(HOLDS).map(([reason, { word }]) => [reason, word]),
) as Record<HoldReason, string>;

/**
 * The end of a hold that ends automatically, for a pause in the time zone in which its end was set; nothing if it is
 * unknown.
 */
export function holdEnd(
  e: { held_until?: string | null; hold_reason?: HoldReason | null },
  zone: string | undefined,
  tell: (at: Instant) => string = when,
): string | undefined {
  if (!e.held_until) return undefined;
  return e.hold_reason && HOLDS[e.hold_reason].isPause ? whenIn(zone, e.held_until) : tell(e.held_until);
}

/** The event that ends the hold. */
export function untilWords(
  held: { held_until?: string | null; hold_reason?: HoldReason | null },
  zone: string | undefined,
): string {
  const end = holdEnd(held, zone);
  if (end) return `Resumes ${end}`;
  return held.hold_reason ? HOLDS[held.hold_reason].ends : hold.ends;
}

export const END_WORDS: Record<Schema["EndReason"], string> = {
  finished: "All steps done",
  replied: "Replied",
  opted_out: "Opted out",
  bounced: "Bounced",
  won: "Won",
  booked: "Meeting booked",
  goal_reached: "Goal reached",
  suppressed: "On the suppression list",
  failed: "Failed",
  removed: "Removed",
  unreachable: "Unreachable",
  step_removed: "Their step was removed",
  mailbox_gone: "Their mailbox was removed",
  taken_over: "Taken over by hand",
};

/** Why a lead was not enrolled, or gets no bulk message. */
export const LEFT_OUT_WORDS: Record<
  Schema["EnrolOutcome"] | "too_large" | "no_consent" | "sender_gone" | "unknown_zone",
  string
> = {
  enrolled: "Enrolled",
  already: "Already enrolled, now or earlier",
  suppressed: "On the suppression list",
  do_not_contact: "Do not contact",
  possible_opt_out: "Possible opt-out: say whether they have opted out",
  unreachable: "No address or number for any step",
  no_such_lead: "No longer exists",
  in_other_campaign: "Active in another campaign",
  too_many_campaigns: "In too many campaigns",
  campaign_over: "The campaign no longer accepts leads",
  window_never_opens: "The sending window never opens in their time zone",
  no_mailbox: "Nothing to send from: the campaign's mailbox or number is missing or off",
  no_postal_address: "Your postal address is missing: add it in Settings, Company",
  unverified: "E-mail address not verified",
  missing_value: "Missing a value that a text needs",
  no_consent: "No sufficient consent recorded",
  sender_gone: "The mailbox that the lead knows was removed: choose another",
  unknown_zone: "Time zone not known: no hour is day wherever they may be. Enter it on the lead",
  too_large: "Text too long for an SMS with their values",
  goal_reached: "Goal already reached",
  busy: "Being changed by someone else; try again",
};

/** What kind of work a task is. */
export const TASK_KIND_WORDS: Record<Schema["TaskKind"], string> = {
  hot_lead: "Task",
  follow_up: "Task",
  resolve_uncertain: "Task",
  churn_risk: "Task",
  answer_dispute: "Task",
  possible_opt_out: "Task",
  meeting: "Meeting",
  manual: "Task",
  call: "Call",
  email: "E-mail",
  linkedin: "LinkedIn",
  whatsapp: "WhatsApp",
};

/** What the lead did with a meeting at the booking link. */
export const MEETING_NEWS_WORDS: Record<Schema["MeetingNews"], string> = {
  booked: "Meeting booked",
  moved: "Meeting moved",
  called_off: "Meeting called off",
};

/** What became of a disputed payment. */
export const DISPUTE_WORDS: Record<Schema["DisputeOutcome"], string> = {
  open: "Payment disputed",
  won: "Dispute won",
  lost: "Dispute lost: payment taken back",
};

/** Why a step is skipped. */
export const SKIP_WORDS: Record<Schema["LineStepWhy"] | "window_never_opens", string> = {
  no_email: "no e-mail address",
  no_phone: "no phone number",
  undeliverable: "the address is undeliverable",
  address_suppressed: "on the suppression list",
  channel_failed: "an earlier message on this channel was refused",
  past_its_date: "past its last day",
  late: "more than 48 h late",
  already_sent: "already sent on another version",
  refused_before: "already refused on another version",
  other_way: "the other branch was taken",
  cancelled: "cancelled by a person",
  given_up: "delivery uncertain, given up",
  window_never_opens: "the sending window, the sender's hours and their daytime never overlap",
};

/** The result of a step that sends nothing: `opened=no` in words; nothing if being done says enough. */
export function passedWords(kind: string, code: string): string | undefined {
  if (kind === "goal") return "Not reached yet";
  const [what, answer] = code.split("=");
  return what && answer ? `${words(what)}: ${answer}` : undefined;
}

/** The outcomes of a task. */
export const OUTCOME_WORDS: Record<Schema["TaskOutcome"], string> = {
  done: "Done",
  connected: "Connected",
  no_answer: "No answer",
  busy: "Busy",
  voicemail: "Voicemail",
  gatekeeper: "Gatekeeper",
  callback: "Call back",
  wrong_number: "Wrong number",
  booked: "Meeting booked",
  not_interested: "Not interested",
  do_not_call: "Do not call",
  cancelled: "Cancelled",
};

export const REPLY_WORDS: Record<Schema["ReplyKind"], string> = {
  person: "Reply",
  opt_out: "Opt-out",
  possible_opt_out: "Possible opt-out",
  out_of_office: "Out of office",
  auto_acknowledgement: "Auto-reply",
  bounce: "Bounce",
  complaint: "Marked as spam",
  left_company: "Left the company",
  challenge: "Asks for confirmation",
  calendar: "Calendar answer",
  reaction: "Reaction",
};

export const INTENT_WORDS: Record<Schema["Intent"], string> = {
  interested: "Interested",
  later: "Later",
  question: "Question",
  not_now: "Not now",
  referral: "Names somebody else",
  not_interested: "Not interested",
  wrong_person: "Wrong person",
  angry: "Angry",
  neutral: "Neutral",
};

export const MEETING_WORDS: Record<Schema["MeetingAnswer"], string> = {
  accepted: "Meeting accepted",
  declined: "Meeting declined",
  tentative: "Meeting perhaps",
  proposed: "Another time proposed",
  invited: "Invitation",
  cancelled: "Meeting cancelled",
};

export const CHANNEL_WORDS: Record<Channel, string> = { email: "E-mail", sms: "SMS", whatsapp: "WhatsApp" };

/** The ground on which a lead is contacted. */
export const CONSENT_WORDS: Record<Schema["ConsentBasis"], string> = {
  written_consent: "Written consent",
  consent: "Consent",
  existing_customer: "Existing customer",
  legitimate_interest: "Legitimate interest",
};

export const CONSENT_OPTIONS = optionsOf(CONSENT_WORDS);

export const SOURCE_WORDS: Record<string, string> = {
  serpapi: "business listing",
  hunter: "Hunter",
  website: "the company's site",
  chat_model: "AI",
  fallback: "default text",
  user: "by hand",
};
