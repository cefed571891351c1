// Turns timeline entries into words: title, note, quote, and the mark on the line. Visits by machines are named, not
// counted.
import type { Schema } from "@/api/types";
import { costWords } from "@/app/calls/words";
import { failureWords } from "@/shared/lib/failures";
import { capital, civilDay, clock, day, duration, plural, when, words } from "@/shared/lib/format";
import {
  CHANNEL_WORDS,
  CONSENT_WORDS,
  DISPUTE_WORDS,
  END_WORDS,
  LEFT_OUT_WORDS,
  MEETING_NEWS_WORDS,
  OUTCOME_WORDS,
  REPLY_WORDS,
  SOURCE_WORDS,
} from "@/shared/lib/labels";
import { money } from "@/shared/lib/money";
import { reasonWord, stageWord } from "@/shared/lib/stages";
import { STEP_WORDS, stepIcon } from "@/shared/lib/step-kinds";
import type { StationTone } from "@/shared/ui/timeline";
import {
  type Action,
  type IconName,
  type RuleEffect,
  TASK_DONE_WORDS,
  type TimelineEntry,
  type TimelineMessage,
} from "./model";

export interface TimelineItem {
  id: string;
  at: string;
  planned: boolean;
  tone: StationTone;
  icon: IconName;
  title: string;
  note?: string;
  detail?: string;
  quote?: string;
  /** The text of an e-mail of ours, which is shown on request. */
  text?: string;
  /** The lines of the quote that quote another message. */
  quoted?: Schema["QuotedLines"][];
  /** The message whose delivery is uncertain. */
  uncertain?: string;
  /** Until then the last attempt at it is checked. */
  checkingUntil?: string;
  /** What goes out at `at`, with its account and campaign as far as they are known: it may have to wait. */
  goesOut?: { account?: string; campaign?: string };
  /** The scheduled message that can still be cancelled. */
  waits?: string;
  /** The task that a user still has to do. */
  task?: string;
  /** The lead that is no longer part of this one. */
  parted?: string;
  /** The client that paid. */
  client?: string;
  /** The recorded call that can be played, and its length. */
  recording?: { call: string; seconds?: number | null };
}

const RECORDING_WORDS: Record<Schema["RecordingState"], string | undefined> = {
  recording: "Not ready yet",
  ready: undefined,
  empty: undefined,
  deleted: "Deleted",
};

const HOW: Record<Schema["RoutedHow"], string | undefined> = {
  one: undefined,
  round_robin: "Their turn",
  least_load: "Fewest open leads",
};

const FIELD: Record<Schema["Field"], string> = {
  place: "Location",
  email_verification: "E-mail verification",
  website: "Website",
  first_line: "Opening line",
};
const REASON: Record<Schema["SuppressionReason"], string> = {
  opted_out: "Opted out",
  hard_bounce: "Hard bounce",
  complaint: "Marked as spam",
  manual: "Added to the suppression list",
};

/** "bounced: unknown address or number (550 5.1.1 No such user)" */
export const notArrived = (state: "bounced" | "failed", failure: TimelineMessage["failure"]) =>
  [state === "bounced" ? "bounced" : "not sent", failure && failureWords(failure)].filter(Boolean).join(": ");

function ofMessage(m: TimelineMessage, planned: boolean): Omit<TimelineItem, "id" | "at" | "planned"> {
  const channel = CHANNEL_WORDS[m.channel];
  if (m.direction === "in") {
    const is = m.understood?.kind;
    const kind = is && is !== "person" ? REPLY_WORDS[is] : undefined;
    return {
      tone: is === "person" ? "good" : is === "bounce" || is === "complaint" ? "bad" : "past",
      icon: "reply",
      title: kind ?? `Replied by ${m.channel === "email" ? "e-mail" : channel}`,
      note: m.channel === "email" ? m.subject : undefined,
      quote: m.text || undefined,
      quoted: m.quoted,
    };
  }
  const step = m.step === null || m.step === undefined ? channel : `${channel}, step ${m.step + 1}`;
  const title = m.test ? "Test message" : step;
  const signs = [
    m.state === "queued" ? (planned ? "scheduled" : "queued") : undefined,
    m.state === "cancelled" ? "cancelled, not sent" : undefined,
    m.state === "uncertain" ? "delivery uncertain" : undefined,
    m.state === "abandoned" ? "given up, may have arrived" : undefined,
    m.state === "bounced" || m.state === "failed" ? notArrived(m.state, m.failure) : undefined,
    m.delivered_at && !m.first_opened_at ? "delivered" : undefined,
    m.first_opened_at ? `opened ${clock(m.first_opened_at)}` : undefined,
    m.first_clicked_at ? `link clicked ${clock(m.first_clicked_at)}` : undefined,
    m.machine_events ? `${plural(m.machine_events, "machine visit")} not counted` : undefined,
  ].filter((s): s is string => !!s);
  const bad = m.state === "failed" || m.state === "bounced";
  const waits = m.state === "queued" && m.planned_for ? m.id : undefined;
  const detail = signs.join(", ");
  return {
    tone: bad
      ? "bad"
      : m.state === "uncertain"
        ? "uncertain"
        : waits
          ? "planned"
          : m.state === "cancelled"
            ? "off"
            : "past",
    icon: m.channel,
    uncertain: m.state === "uncertain" ? m.id : undefined,
    checkingUntil: m.checking_until ?? undefined,
    goesOut: m.state === "queued" ? { account: m.account_id ?? undefined } : undefined,
    waits,
    title,
    note: m.subject || undefined,
    detail: capital(detail) || undefined,
    ...(m.channel === "email" ? { text: m.text || undefined } : { quote: m.text || undefined }),
  };
}

function ofAction(action: Action): string {
  switch (action.action) {
    case "opened":
      return "Opened the e-mail";
    case "clicked":
      return "Clicked a link";
    case "hidden_link_followed":
      return "Followed the hidden link";
    case "preview_viewed":
      return "Viewed the preview page";
    case "time_on_page":
      return `On the preview page for ${duration(action.seconds * 1000)}`;
    case "call_to_action":
      return "Clicked the preview page's button";
    case "replied":
      return "Replied";
  }
}

const linkWords = (url: string) =>
  /^https?:\/\/[^/]+\/preview\/\w+$/.test(url) ? "to the preview page" : url.replace(/^https?:\/\//, "").slice(0, 60);

type Engaged = Extract<TimelineEntry, { kind: "engaged" }>;

const MACHINE_WORDS: Record<Exclude<Schema["Verdict"], "human" | "over_limit">, string> = {
  scanner: "a scanner or program",
  privacy_proxy: "a privacy proxy",
  own_team: "your own team",
  prefetch: "a prefetch",
  preview: "a link preview",
  repeat: "the same person",
};

/** Why a visit counts or does not; a rule that says no more than the verdict has no words. */
const RULE_WORDS: Record<Schema["Rule"], string> = {
  nothing_against_it: "",
  image_proxy: "a mail service loaded the pictures when the mail was opened",
  signed_in: "signed in to leadflow in this browser",
  own_network: "from one of your own networks",
  hidden_link: "followed a link that no reader sees",
  followed_hidden_link: "the same visitor followed a link that no reader sees",
  prefetch_header: "loaded in advance",
  no_navigation: "the browser fetched a file, nobody went there",
  method: "only asked about the page",
  part_of_page: "asked for a part of the page",
  no_user_agent: "does not name its program",
  link_preview: "shown in a chat or social network",
  scanner_program: "a known scanner",
  robot: "a robot",
  request_library: "a program's library",
  no_browser: "not a browser",
  security_network: "from the network of a mail security service",
  privacy_network: "from the network of a privacy proxy",
  cloud_at_the_gate: "from a data centre within a minute of sending",
  apple_privacy: "Apple Mail loads every picture, read or not",
  links_within_a_second: "several links within one second",
  links_in_burst: "three or more links within ten seconds",
  too_soon: "within two seconds of sending",
  same_click: "the same link within ten seconds",
  too_many_visits: "",
};

/** "By a scanner or program, not counted: several links within one second" */
export function verdictWords(entry: Pick<Engaged, "verdict" | "rule" | "named">): string | undefined {
  const rule = [RULE_WORDS[entry.rule], entry.named ? `(${entry.named})` : ""].filter(Boolean).join(" ");
  if (entry.verdict === "over_limit")
    return "Not counted, like all that came after it that day: more visits than leadflow counts (60 an hour, 500 in all)";
  if (entry.verdict === "human") return rule ? capital(rule) : undefined;
  return `By ${MACHINE_WORDS[entry.verdict]}, not counted${rule ? `: ${rule}` : ""}`;
}

function ofEffect(effect: RuleEffect): string {
  switch (effect.did) {
    case "stopped":
      return "every sequence stopped";
    case "enrolled":
      return effect.outcome === "enrolled"
        ? "enrolled"
        : `not enrolled: ${LEFT_OUT_WORDS[effect.outcome].toLowerCase()}`;
    case "task_created":
      return `task “${effect.title}”`;
    case "follow_up_set":
      return `follow-up ${when(effect.at)}${effect.note ? `: ${effect.note}` : ""}`;
    case "follow_up_kept":
      return `follow-up stays on ${when(effect.at)}`;
    case "no_follow_up":
      return "no follow-up: the lead is lost or must not be contacted";
    default:
      return "owner notified";
  }
}

const taskWord = (kind: Schema["TaskKind"], outcome: Schema["TaskOutcome"]) =>
  (outcome === "done" ? TASK_DONE_WORDS[kind] : undefined) ?? OUTCOME_WORDS[outcome];

/** The name of a team member; none if it is not known, or not yet. */
export type NameOf = (user: string) => string | undefined;

export function formatEntry(entry: TimelineEntry, nameOf?: NameOf): TimelineItem {
  const base = { id: entry.id, at: entry.at, planned: entry.planned };
  const past = entry.planned ? ("planned" as const) : ("past" as const);
  switch (entry.kind) {
    case "created":
      return {
        ...base,
        tone: past,
        icon: "import",
        title: "Added",
        note: entry.source ? words(entry.source) : undefined,
      };
    case "message":
      return { ...base, ...ofMessage(entry.message, entry.planned) };
    case "engaged": {
      const machine = entry.verdict !== "human";
      return {
        ...base,
        tone: machine ? "off" : past,
        icon: "visit",
        title: ofAction(entry.action),
        note: entry.action.action === "clicked" ? linkWords(entry.action.url) : undefined,
        detail: verdictWords(entry),
      };
    }
    case "turned_hot":
      return {
        ...base,
        tone: "hot",
        icon: "hot",
        title: "Turned hot",
        note: entry.views ? `${plural(entry.views, "preview visit")} within ten minutes` : "By the score",
      };
    case "status_changed":
      return {
        ...base,
        tone: past,
        icon: "status",
        title: `Moved to ${stageWord(entry.to)}`,
        note: `from ${stageWord(entry.from)}${entry.lost_reason ? `: ${reasonWord(entry.lost_reason)}` : ""}`,
      };
    case "deal":
      return {
        ...base,
        tone: entry.news.did === "won" ? "good" : past,
        icon: "payment",
        title: `Deal ${entry.news.did.replace("_", " ")}`,
        note: "amount_minor" in entry.news ? `${entry.name}, ${money(entry.news)}` : entry.name,
        detail: "lost_reason" in entry.news && entry.news.lost_reason ? reasonWord(entry.news.lost_reason) : undefined,
      };
    case "note":
      return { ...base, tone: past, icon: "note", title: "Note", quote: entry.text };
    case "suppressed":
      return {
        ...base,
        tone: past,
        icon: "stop",
        title: REASON[entry.reason],
        detail: "Nothing more is sent to this address or number",
      };
    case "paid":
      return {
        ...base,
        tone: "good",
        icon: "payment",
        title: "Payment received",
        note: money(entry),
        client: entry.client ?? undefined,
      };
    case "payment_failed":
      return {
        ...base,
        tone: "bad",
        icon: "payment",
        title: "Payment failed",
        note: money(entry),
        detail: "Nothing was booked",
      };
    case "meeting":
      return {
        ...base,
        tone: entry.news === "called_off" ? "bad" : "good",
        icon: "task",
        title: MEETING_NEWS_WORDS[entry.news],
        note: entry.title,
        detail: entry.news === "called_off" ? undefined : `Begins ${when(entry.starts_at)}`,
      };
    case "disputed":
      return {
        ...base,
        tone: entry.outcome === "won" ? "good" : "bad",
        icon: "payment",
        title: DISPUTE_WORDS[entry.outcome],
        note: money(entry),
      };
    case "subscription_ending":
      return {
        ...base,
        tone: entry.ends_at ? "bad" : "good",
        icon: "payment",
        title: entry.ends_at ? "Subscription cancelled" : "Subscription goes on",
        note: entry.ends_at ? `runs until ${day(entry.ends_at)}` : undefined,
      };
    case "restored":
      return { ...base, tone: past, icon: "status", title: "Restored", note: `deleted ${day(entry.deleted_at)}` };
    case "merged":
      return { ...base, tone: past, icon: "status", title: "Merged", note: `${entry.name} was merged into this lead` };
    case "unmerged":
      return {
        ...base,
        tone: past,
        icon: "status",
        title: "Merge undone",
        note: `${entry.name} is a lead of its own again`,
        parted: entry.lead,
      };
    case "rule_carried_out":
      return {
        ...base,
        tone: past,
        icon: "enrichment",
        title: `Rule “${entry.name}”`,
        note: entry.effects.map(ofEffect).join(", ") || "nothing to stop",
      };
    case "enriched": {
      const what = FIELD[entry.field];
      const state: Record<Schema["EnrichmentStatus"], string> = {
        found: "found",
        not_found: "not found",
        skipped: `skipped${entry.detail ? `: ${entry.detail}` : ""}`,
        failed: `failed${entry.detail ? `: ${entry.detail}` : ""}`,
      };
      return {
        ...base,
        tone: entry.status === "failed" ? "bad" : past,
        icon: "enrichment",
        title: what,
        note: `${state[entry.status]}, ${SOURCE_WORDS[entry.source] ?? entry.source}`,
      };
    }
    case "enrolled":
      return { ...base, tone: past, icon: "enrol", title: "Enrolled", note: entry.campaign_name };
    case "sequence_ended":
      return {
        ...base,
        tone: past,
        icon: "stop",
        title: `${entry.campaign_name} ended`,
        note: END_WORDS[entry.reason],
      };
    case "task":
      return {
        ...base,
        tone: past,
        icon: entry.task_kind === "hot_lead" ? "hot" : stepIcon(entry.task_kind),
        // The text of the notification itself describes the moment in which it was made.
        title: entry.task_kind === "hot_lead" ? "Call: turned hot" : entry.title,
        note: entry.done
          ? [
              taskWord(entry.task_kind, entry.outcome ?? "done").toLowerCase(),
              entry.call_seconds ? duration(entry.call_seconds * 1000) : "",
              entry.call_cost ? costWords(entry.call_cost).toLowerCase() : "",
            ]
              .filter(Boolean)
              .join(", ")
          : undefined,
        quote: entry.noted ?? undefined,
        task: entry.done ? undefined : entry.task,
      };
    case "call_recorded":
      return {
        ...base,
        tone: past,
        icon: "call",
        title: "Call recorded with notice",
        note: entry.seconds ? duration(entry.seconds * 1000) : undefined,
        detail: RECORDING_WORDS[entry.state],
        recording: entry.state === "ready" ? { call: entry.call, seconds: entry.seconds } : undefined,
      };
    case "planned_step":
      return {
        ...base,
        tone: "planned",
        icon: stepIcon(entry.step_kind),
        title: `${STEP_WORDS[entry.step_kind]}, step ${entry.step + 1}`,
        note: entry.subject || entry.campaign_name,
        goesOut: entry.step_kind in CHANNEL_WORDS ? { campaign: entry.campaign } : undefined,
      };
    case "owner_assigned":
      return {
        ...base,
        tone: past,
        icon: "enrol",
        title: `Assigned to ${nameOf?.(entry.owner) ?? "a team member"}`,
        note: entry.rule_name ? `by the rule “${entry.rule_name}”` : "as all other leads",
        detail: HOW[entry.how],
      };
    case "consent_changed":
      return {
        ...base,
        tone: past,
        icon: "status",
        title: entry.to
          ? `Consent for ${CHANNEL_WORDS[entry.channel]}: ${CONSENT_WORDS[entry.to].toLowerCase()}`
          : `Consent for ${CHANNEL_WORDS[entry.channel]} removed`,
        note: [
          entry.on ? civilDay(entry.on) : undefined,
          entry.from ? `was ${CONSENT_WORDS[entry.from].toLowerCase()}` : undefined,
        ]
          .filter(Boolean)
          .join(", "),
        quote: entry.note ?? undefined,
      };
    case "follow_up":
      return {
        ...base,
        tone: "planned",
        icon: "task",
        title: "Follow-up",
        note: entry.rule ? [entry.rule.note, `Set by rule: ${entry.rule.name}`].filter(Boolean).join(". ") : undefined,
      };
  }
}

/** A run of equal machine visits or page views adds nothing new: shown once. */
/** What a program did names its API key. */
function withProgram(entry: TimelineEntry, item: TimelineItem): TimelineItem {
  if (!entry.program) return item;
  return { ...item, detail: [item.detail, `By the API key ${entry.program}`].filter(Boolean).join(". ") };
}

export function timelineItems(items: TimelineEntry[], nameOf?: NameOf): TimelineItem[] {
  return items
    .filter((e) => !(e.kind === "engaged" && e.action.action === "time_on_page"))
    .map((entry) => withProgram(entry, formatEntry(entry, nameOf)))
    .sort((a, b) => Number(b.planned) - Number(a.planned) || b.at.localeCompare(a.at));
}
