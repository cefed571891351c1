// Rules in words, and from the dialog's fields to the API's body.
import type { Schema } from "@/api/types";
import { plural } from "@/shared/lib/format";
import { stageWord } from "@/shared/lib/stages";

export type TriggerRule = Schema["TriggerRule"];
export type NewRule = Schema["NewRule"];
type Deed = Schema["Deed"];

export const EVENTS: { value: "turned_hot" | "answered_positively" | Deed; label: string }[] = [
  { value: "turned_hot", label: "A lead turns hot" },
  { value: "answered_positively", label: "A lead sends a positive reply" },
  { value: "opened", label: "A lead opens e-mails" },
  { value: "clicked", label: "A lead clicks links" },
  { value: "page_viewed", label: "A lead visits the preview page" },
  { value: "call_to_action", label: "A lead clicks the preview page's button" },
];

export interface RuleDraft {
  name: string;
  event: (typeof EVENTS)[number]["value"];
  times: string;
  status: string;
  tag: string;
  country: string;
  stop: boolean;
  enrol: boolean;
  campaign: string;
  task: boolean;
  title: string;
  notify: boolean;
}

export const EMPTY_RULE: RuleDraft = {
  name: "",
  event: "turned_hot",
  times: "3",
  status: "",
  tag: "",
  country: "",
  stop: false,
  enrol: false,
  campaign: "",
  task: false,
  title: "",
  notify: true,
};

export const isDeed = (event: RuleDraft["event"]): event is Deed =>
  event !== "turned_hot" && event !== "answered_positively";

export function checkRule(v: RuleDraft): Record<string, string> {
  const times = Number(v.times);
  return {
    ...(v.name.trim() ? {} : { name: "Enter a name." }),
    ...(isDeed(v.event) && !(Number.isInteger(times) && times >= 1 && times <= 100) ? { times: "From 1 to 100." } : {}),
    ...(v.enrol && !v.campaign ? { campaign: "Choose a campaign." } : {}),
    ...(v.task && !v.title.trim() ? { title: "Describe the task." } : {}),
    ...(v.stop || v.enrol || v.task || v.notify ? {} : { actions: "Choose at least one." }),
  };
}

export function ruleOf(v: RuleDraft): NewRule {
  const one = (text: string) => (text.trim() ? [text.trim()] : []);
  return {
    name: v.name.trim(),
    when: isDeed(v.event) ? { event: "did", what: v.event, times: Number(v.times) } : { event: v.event },
    only: {
      status: one(v.status) as Schema["StageId"][],
      tag: one(v.tag),
      country: one(v.country.toUpperCase()),
    },
    actions: [
      ...(v.stop ? [{ do: "stop" as const }] : []),
      ...(v.enrol ? [{ do: "enrol" as const, campaign: v.campaign }] : []),
      ...(v.task ? [{ do: "create_task" as const, title: v.title.trim() }] : []),
      ...(v.notify ? [{ do: "notify" as const }] : []),
    ],
  };
}

const DID: Record<Deed, string> = {
  opened: "opened an e-mail",
  clicked: "clicked a link",
  page_viewed: "visited the preview page",
  call_to_action: "clicked the preview page's button",
};

export function whenWords(rule: Pick<TriggerRule, "when" | "only">): string {
  const when =
    rule.when.event === "turned_hot"
      ? "A lead turns hot"
      : rule.when.event === "answered_positively"
        ? "A lead sends a positive reply"
        : `A lead has ${DID[rule.when.what]} ${plural(rule.when.times, "time", "times")}`;
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
      default:
        return "notify";
    }
  };
  const text = rule.actions.map(one).join(", then ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
