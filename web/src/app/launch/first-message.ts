// What a launch lacks and when its first message goes out, as the server forecasts it.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { when } from "@/shared/lib/format";

export type LaunchCheck = Schema["LaunchCheck"];

export type FirstMessage = Schema["FirstMessage"];

/** What prevents the launch, and when the first message goes out; of an active campaign, its next one. */
export const launchCheckQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", "launchCheck", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/campaigns/{id}/launch", { params: { path: { id } }, signal })),
    staleTime: 0,
    retry: false,
  });

const WORDS = { email: "e-mail", sms: "SMS", whatsapp: "WhatsApp message" };

/** "First e-mail: tomorrow 09:05". `wait`: why nothing goes out for now. */
export function firstMessageWords(first: FirstMessage | null | undefined, wait?: string): string {
  if (wait) return `Nothing goes out for now: ${wait}`;
  return first ? `First ${WORDS[first.channel]}: ${when(first.at)}` : "No enrolled lead gets a message yet";
}
