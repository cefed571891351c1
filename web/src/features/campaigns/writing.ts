// A campaign's writing settings at the API, with what they cost and the opening line for a lead.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { SLOW_MS } from "@/api/query";
import type { Schema } from "@/api/types";

export type WritingSettings = Schema["CampaignWriting"];
export type CampaignWritingView = Schema["CampaignWritingView"];

export const campaignWritingQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", "writing", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/campaigns/{id}/writing", { params: { path: { id } }, signal })),
    refetchInterval: SLOW_MS,
  });

export const lineExampleQuery = (id: string, lead_id: string) =>
  queryOptions({
    queryKey: ["campaigns", "writing", id, lead_id],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/campaigns/{id}/writing", { params: { path: { id }, query: { lead_id } }, signal })),
    refetchInterval: SLOW_MS,
  });

/** Whether the campaign writes an opening line of its own for each lead. */
export const hasStyle = ({ tone, language, context }: WritingSettings) => Boolean(tone || language || context);

export const LINE_SOURCES: Record<Schema["LineSource"], string> = {
  campaign: "Written for this campaign",
  lead: "The lead's own line",
  user: "Written by hand",
  default_text: "Default text",
};

const FACT_SOURCES: Record<string, string> = {
  lead: "from the lead's fields",
  place: "from the location look-up",
  website: "from the website",
};

/** Says where a fact is from: `place.rating` is from the look-up of the place. */
export const sourceWords = (source: string) => FACT_SOURCES[source.split(".")[0] ?? ""] ?? source;
