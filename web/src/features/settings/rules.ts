// Rules in words, and from the dialog's fields to the API's body.
import type { Schema } from "@/api/types";
import { plural } from "@/shared/lib/format";
import { INTENT_WORDS, OUTCOME_WORDS } from "@/shared/lib/labels";
import { areStagesRead, stageOf, stageWord } from "@/shared/lib/stages";

export type TriggerRule = Schema["TriggerRule"];
export type NewRule = Schema["NewRule"];
type Deed = Schema["Deed"];

type RuleEvent = Exclude<TriggerRule["when"]["event"], "did"> | Deed;

export const EVENTS: { value: RuleEvent; label: string }[] = [
  { value: "turned_hot", label: "A lead turns hot" },
  { value: "answered_positively", label: "A lead sends a positive reply" },
  { value: "opened", label: "A lead opens e-mails" },
  { value: "clicked", label: "A lead clicks links" },
  { value: "page_viewed", label: "A lead visits the preview page" },
  { value: "call_to_action", label: "A lead clicks the preview page's button" },
  { value: "preview_unanswered", label: "A lead visits the preview page and does not reply" },
  { value: "answered", label: "A lead's reply means …" },
  { value: "call_ended", label: "A call ends with …" },
  { value: "stage_reached", label: "A lead reaches the stage …" },
  { value: "sequence_ended", label: "A sequence ends without a reply" },
  { value: "no_activity", label: "Nothing happens on an open lead" },
];

export interface RuleDraft {
  name: string;
  event: (typeof EVENTS)[number]["value"];
  times: string;
  /** The working days in which the lead does not reply. */
  unanswered: string;
  /** The days on which nothing happens. */
  quiet: string;
  intent: Schema["Intent"];
  outcome: Schema["TaskOutcome"];
  stage: Schema["StageId"];
  status: string;
  tag: string;
  country: string;
  stop: boolean;
  enrol: boolean;
  campaign: string;
  task: boolean;
  title: string;
  followUp: boolean;
  /** The working days until the follow-up. */
  days: string;
  note: string;
  notify: boolean;
}

export const EMPTY_RULE: RuleDraft = {
  name: "",
  event: "turned_hot",
  times: "3",
  unanswered: "2",
  quiet: "14",
  intent: "not_now",
  outcome: "no_answer",
  stage: "qualified",
  status: "",
  tag: "",
  country: "",
  stop: false,
  enrol: false,
  campaign: "",
  task: false,
  title: "",
  followUp: false,
  days: "2",
  note: "",
  notify: true,
};

/** Rules to begin with, each a click away while there are none. */
export const SUGGESTIONS: { label: string; draft: RuleDraft }[] = [
  {
    label: "Follow up after an unanswered call",
    draft: {
      ...EMPTY_RULE,
      name: "Call again",
      event: "call_ended",
      followUp: true,
      note: "Call again",
      notify: false,
    },
  },
  {
    label: "Follow up after a visit without a reply",
    draft: {
      ...EMPTY_RULE,
      name: "Ask about the preview",
      event: "preview_unanswered",
      followUp: true,
      days: "1",
      note: "Ask about the preview page",
      notify: false,
    },
  },
];

const DID: Record<Deed, string> = {
  opened: "opened an e-mail",
  clicked: "clicked a link",
  page_viewed: "visited the preview page",
  call_to_action: "clicked the preview page's button",
};

export const isDeed = (event: RuleDraft["event"]): event is Deed => event in DID;

/** A lead on which nothing happens is active in no campaign, so there is nothing to stop. */
export const mayStop = (v: RuleDraft) => v.event !== "no_activity";

const isFrom1To = (most: number, text: string) =>
  Number.isInteger(Number(text)) && Number(text) >= 1 && Number(text) <= most;

export function checkRule(v: RuleDraft): Record<string, string> {
  return {
    ...(v.name.trim() ? {} : { name: "Enter a name." }),
    ...(isDeed(v.event) && !isFrom1To(100, v.times) ? { times: "From 1 to 100." } : {}),
    ...(v.event === "preview_unanswered" && !isFrom1To(30, v.unanswered) ? { unanswered: "From 1 to 30." } : {}),
    ...(v.enrol && !v.campaign ? { campaign: "Choose a campaign." } : {}),
    ...(v.task && !v.title.trim() ? { title: "Describe the task." } : {}),
    ...(v.event === "no_activity" && !isFrom1To(365, v.quiet) ? { quiet: "From 1 to 365." } : {}),
    ...(v.followUp && !isFrom1To(60, v.days) ? { days: "From 1 to 60." } : {}),
    ...((v.stop && mayStop(v)) || v.enrol || v.task || v.followUp || v.notify
      ? {}
      : { actions: "Choose at least one." }),
  };
}

function triggerOf(v: RuleDraft): TriggerRule["when"] {
  if (isDeed(v.event)) return { event: "did", what: v.event, times: Number(v.times) };
  switch (v.event) {
    case "preview_unanswered":
      return { event: v.event, working_days: Number(v.unanswered) };
    case "no_activity":
      return { event: v.event, days: Number(v.quiet) };
    case "answered":
      return { event: v.event, intent: v.intent };
    case "call_ended":
      return { event: v.event, outcome: v.outcome };
    case "stage_reached":
      return { event: v.event, stage: v.stage };
    default:
      return { event: v.event };
  }
}

export function ruleOf(v: RuleDraft): NewRule {
  const one = (text: string) => (text.trim() ? [text.trim()] : []);
  return {
    name: v.name.trim(),
    when: triggerOf(v),
    only: {
      status: one(v.status) as Schema["StageId"][],
      tag: one(v.tag),
      country: one(v.country),
    },
    actions: [
      ...(v.stop && mayStop(v) ? [{ do: "stop" as const }] : []),
      ...(v.enrol ? [{ do: "enrol" as const, campaign: v.campaign }] : []),
      ...(v.task ? [{ do: "create_task" as const, title: v.title.trim() }] : []),
      ...(v.followUp ? [{ do: "set_follow_up" as const, working_days: Number(v.days), note: v.note.trim() }] : []),
      ...(v.notify ? [{ do: "notify" as const }] : []),
    ],
  };
}

const workingDays = (count: number) => plural(count, "working day", "working days");

function eventWords(when: TriggerRule["when"]): string {
  switch (when.event) {
    case "turned_hot":
      return "A lead turns hot";
    case "answered_positively":
      return "A lead sends a positive reply";
    case "did":
      return `A lead has ${DID[when.what]} ${plural(when.times, "time", "times")}`;
    case "preview_unanswered":
      return `A lead visits the preview page and does not reply within ${workingDays(when.working_days)}`;
    case "answered":
      return `A lead's reply means “${INTENT_WORDS[when.intent]}”`;
    case "call_ended":
      return `A call ends with “${OUTCOME_WORDS[when.outcome]}”`;
    case "stage_reached":
      return `A lead reaches the stage “${stageWord(when.stage)}”`;
    case "sequence_ended":
      return "A sequence ends and the lead does not reply within 3 working days";
    case "no_activity":
      return `Nothing happens on an open lead for ${plural(when.days, "day", "days")}`;
  }
}

/** Whether the stage that the rule waits for was deleted: no lead reaches it any more. */
export const isStageGone = ({ when }: Pick<TriggerRule, "when">) =>
  when.event === "stage_reached" && areStagesRead() && stageOf(when.stage) === undefined;

export function whenWords(rule: Pick<TriggerRule, "when" | "only">): string {
  const when = eventWords(rule.when);
  const any = (name: string, values?: string[]) => (values?.length ? [`${name} ${values.join(" or ")}`] : []);
  const only = [
    ...any(
      "stage",
      rule.only.status?.map((s) => stageWord(s)),
    ),
    ...any("tag", rule.only.tag),
    ...any("country", rule.only.country),
  ];
  return only.length ? `${when} (${only.join(", ")})` : when;
}

export function actionWords(rule: Pick<TriggerRule, "actions">, campaigns: Record<string, string>): string {
  const one = (action: TriggerRule["actions"][number]) => {
    switch (action.do) {
      case "stop":
        return "stop all sequences";
      case "enrol":
        return `enrol in ${campaigns[action.campaign] ?? "a deleted campaign"}`;
      case "create_task":
        return `task “${action.title}”`;
      case "set_follow_up":
        return `set a follow-up in ${workingDays(action.working_days)}${action.note ? ` (“${action.note}”)` : ""}`;
      default:
        return "notify";
    }
  };
  const text = rule.actions.map(one).join(", then ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
