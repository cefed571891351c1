// The rules by which new leads get their owner: as the dialogs edit them, as they are sent, and in words.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { countryName } from "@/shared/lib/country-name";
import { civilDay } from "@/shared/lib/format";
import type { Option } from "@/shared/ui/select";

export type Routing = Schema["RoutingView"];
export type RoutingRule = Schema["RoutingRule"];
export type OwnerChoice = Schema["OwnerChoice"];
export type NextOwner = Schema["NextOwner"];
type Body = Schema["RoutingBody"];

export const routingQuery = queryOptions({
  queryKey: ["routing"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/settings/routing", { signal })),
});

export interface Sample {
  country: string;
  region: string;
  source: string;
  tag: string;
}

export const EMPTY_SAMPLE: Sample = { country: "", region: "", source: "", tag: "" };

/** The owners of the next ten leads of a kind. It changes with the rules and with each lead that comes in. */
export const nextOwnersQuery = (rev: number | undefined, sample: Sample) =>
  queryOptions({
    queryKey: ["routing", "preview", rev, sample],
    queryFn: ({ signal }) => {
      const known = Object.entries(sample).map(([name, value]) => [name, value.trim() || null]);
      const body: Schema["RoutingPreview"] = { lead: Object.fromEntries(known) };
      return unwrap(client.POST("/api/settings/routing/preview", { body, signal }));
    },
    enabled: rev !== undefined,
    retry: false,
  });

export function useSaveRouting() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: Body) => unwrap(client.PUT("/api/settings/routing", { body })),
    onSuccess: (next) => cache.setQueryData(["routing"], next),
    onSettled: () => cache.invalidateQueries({ queryKey: ["routing"] }),
  });
}

/** The rules as they are sent: all together, based on the revision that was read. */
export const bodyOf = ({ rules, otherwise, away, rev }: Routing): Body => ({ rules, otherwise, away, rev });

export const HOW: Option<OwnerChoice["how"]>[] = [
  { value: "round_robin", label: "In turn" },
  { value: "least_load", label: "To whoever has the fewest open leads" },
  { value: "one", label: "To one person" },
  { value: "nobody", label: "To nobody" },
];

export interface RuleDraft {
  name: string;
  countries: string[];
  regions: string;
  sources: string;
  tags: string;
  how: OwnerChoice["how"];
  users: string[];
}

export const EMPTY_RULE: RuleDraft = {
  name: "",
  countries: [],
  regions: "",
  sources: "",
  tags: "",
  how: "round_robin",
  users: [],
};

const listed = (text: string) => [...new Set(text.split(",").map((part) => part.trim()))].filter(Boolean);

export const usersOf = (choice: OwnerChoice): string[] =>
  choice.how === "one" ? [choice.user] : choice.how === "nobody" ? [] : choice.users;

export function choiceOf({ how, users }: Pick<RuleDraft, "how" | "users">): OwnerChoice {
  if (how === "nobody") return { how };
  return how === "one" ? { how, user: users[0] ?? "" } : { how, users };
}

export const draftOf = ({ name, when, assign }: RoutingRule): RuleDraft => ({
  name,
  countries: when.countries ?? [],
  regions: (when.regions ?? []).join(", "),
  sources: (when.sources ?? []).join(", "),
  tags: (when.tags ?? []).join(", "),
  how: assign.how,
  users: usersOf(assign),
});

export const ruleOf = (draft: RuleDraft, id?: string) => ({
  ...(id ? { id } : {}),
  name: draft.name.trim(),
  when: {
    countries: draft.countries,
    regions: listed(draft.regions),
    sources: listed(draft.sources),
    tags: listed(draft.tags),
  },
  assign: choiceOf(draft),
});

export function checkRule(draft: RuleDraft): Record<string, string> {
  return {
    ...(draft.name.trim() ? {} : { name: "Enter a name." }),
    ...checkUsers(draft),
  };
}

export const checkUsers = ({ how, users }: Pick<RuleDraft, "how" | "users">): Record<string, string> =>
  how === "nobody" || users.length ? {} : { users: "Choose at least one team member." };

/** "From Germany or Austria, tagged vip" */
export function whenWords({ when }: Pick<RoutingRule, "when">): string {
  const either = (values: readonly string[] | undefined) => (values ?? []).join(" or ");
  const parts = [
    when.countries?.length ? `from ${either(when.countries.map(countryName))}` : "",
    when.regions?.length ? `in ${either(when.regions)}` : "",
    when.sources?.length ? `with the source ${either(when.sources)}` : "",
    when.tags?.length ? `tagged ${either(when.tags)}` : "",
  ].filter(Boolean);
  const told = parts.join(", ") || "every lead";
  return told.charAt(0).toUpperCase() + told.slice(1);
}

export function choiceWords(choice: OwnerChoice, nameOf: (user: string) => string): string {
  const names = usersOf(choice).map(nameOf).join(", ");
  switch (choice.how) {
    case "nobody":
      return "nobody";
    case "one":
      return names;
    case "round_robin":
      return `${names}, in turn`;
    case "least_load":
      return `${names}: whoever has the fewest open leads`;
  }
}

export const awayWords = (until: string) => `No new leads until ${civilDay(until)}`;

export function moved<T>(items: readonly T[], at: number, by: -1 | 1): T[] {
  const next = [...items];
  const [item] = next.splice(at, 1);
  if (item !== undefined) next.splice(Math.max(0, at + by), 0, item);
  return next;
}
