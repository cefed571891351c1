// What leaves the app: what a user is told by which channel, the digest, and the workspace's Slack channel.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { proven } from "@/app/auth/proof";
import { choicesQuery } from "@/app/notify/choices";
import type { Option } from "@/shared/ui/select";

export type DigestSettings = Schema["DigestSettingsView"];
export type DigestPart = Schema["DigestPart"];
export type Slack = Schema["SlackView"];
export type NotificationKind = Schema["NotificationKind"];

export const digestQuery = queryOptions({
  queryKey: ["digest"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/notifications/digest", { signal })),
});

/** What waits changes by the minute: it is read anew each time that it is shown. */
export const digestPreviewQuery = queryOptions({
  queryKey: ["digest", "preview"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/notifications/digest/preview", { signal })),
  staleTime: 0,
  gcTime: 0,
});

export function useSaveDigest() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: Schema["DigestSettingsBody"]) => unwrap(client.PUT("/api/notifications/digest", { body })),
    onSuccess: (next) => cache.setQueryData(digestQuery.queryKey, next),
    onSettled: () => cache.invalidateQueries({ queryKey: ["digest"] }),
  });
}

export type Choices = Schema["NotificationChoicesView"];

export function useSaveChoices() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: Schema["NotificationChoicesBody"]) => unwrap(client.PUT("/api/notifications/choices", { body })),
    onSuccess: (next) => cache.setQueryData(choicesQuery.queryKey, next),
    onSettled: () => cache.invalidateQueries({ queryKey: choicesQuery.queryKey }),
  });
}

export const devicesQuery = queryOptions({
  queryKey: ["push-devices"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/notifications/devices", { signal })),
});

const SLACK = "/api/settings/slack";

export const slackQuery = queryOptions({
  queryKey: ["slack"],
  queryFn: ({ signal }) => unwrap(client.GET(SLACK, { signal })),
});

export function useSlackMoves() {
  const cache = useQueryClient();
  const show = (view: Slack) => cache.setQueryData(slackQuery.queryKey, view);
  const onSettled = () => cache.invalidateQueries({ queryKey: slackQuery.queryKey });
  const save = useMutation({
    mutationFn: (body: Schema["SlackBody"]) => proven(() => unwrap(client.PUT(SLACK, { body }))),
    onSuccess: show,
    onSettled,
  });
  const test = useMutation({
    mutationFn: () => unwrap(client.POST("/api/settings/slack/test")),
    onSuccess: (answer) => show(answer.slack),
  });
  const disconnect = useMutation({ mutationFn: () => unwrap(client.DELETE(SLACK)), onSettled });
  return { save, test, disconnect };
}

export const PARTS: { value: DigestPart; label: string; counted: (count: number) => string }[] = [
  { value: "hot_leads", label: "Hot leads", counted: (n) => (n === 1 ? "1 hot lead" : `${n} hot leads`) },
  { value: "replies", label: "Replies that wait", counted: (n) => (n === 1 ? "1 reply waits" : `${n} replies wait`) },
  { value: "meetings", label: "Meetings", counted: (n) => (n === 1 ? "1 meeting today" : `${n} meetings today`) },
  { value: "tasks", label: "Tasks due", counted: (n) => (n === 1 ? "1 task due" : `${n} tasks due`) },
];

/** The hours of a day. */
export const HOURS: Option[] = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  label: `${String(hour).padStart(2, "0")}:00`,
}));

/** The hours of the digest that are offered; none is off. */
export const DIGEST_HOURS: Option[] = [
  { value: "", label: "Never" },
  ...HOURS.map(({ value, label }) => ({ value, label: `At ${label} on working days` })),
];

/** Every kind of notification, as it is chosen for a channel. A kind that is missing here does not compile. */
const KIND_WORDS: Record<NotificationKind, string> = {
  hot_lead: "Hot leads",
  reply: "Replies",
  meeting: "Meetings",
  payment: "Payments",
  payment_failed: "Failed payments",
  dispute: "Disputes",
  churn_risk: "Cancellations",
  late: "Late messages",
  not_sent: "Messages that cannot be sent",
  health: "Trouble with mailboxes and accounts",
  spend: "Spend near its cap",
  rule: "Rules that notify",
  task_due: "Task reminders",
  import_finished: "Imports that are done",
  variant_ahead: "A/B tests with a winner",
};
export const KINDS = Object.entries(KIND_WORDS) as [NotificationKind, string][];
