// A lead's timeline at the API, and the messages of a campaign that did not arrive.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS, live } from "@/api/query";
import type { TimelineEntry, TimelineMessage } from "./model";

export const timelineQuery = (id: string) =>
  queryOptions({
    queryKey: ["leads", "timeline", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/leads/{id}/timeline", { params: { path: { id } }, signal })),
    refetchInterval: live(LIVE_MS),
  });

export interface Undelivered extends TimelineMessage {
  state: "bounced" | "failed";
  at: string;
}

/** The messages in the order in which they went out. A step has one message in a campaign. */
export const undelivered = (items: TimelineEntry[], campaign: string): Undelivered[] =>
  items.flatMap((entry) => {
    if (entry.kind !== "message") return [];
    const { message } = entry;
    const { state } = message;
    const ours = message.direction === "out" && message.campaign === campaign && !message.test;
    return ours && (state === "bounced" || state === "failed") ? [{ ...message, state, at: entry.at }] : [];
  });
