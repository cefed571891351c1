// Campaigns as every page may need them: their names, and changing many leads at once.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { client, unwrap } from "@/api/client";
import type { components } from "@/api/schema";
import type { CampaignView, LeadStatus, Page } from "@/api/types";

export const campaignsQuery = queryOptions({
  queryKey: ["campaigns", "list"],
  queryFn: ({ signal }) => unwrap<Page<CampaignView>>(client.GET("/api/campaigns", { signal })),
});

export const archivedQuery = queryOptions({
  queryKey: ["campaigns", "list", "archived"],
  queryFn: ({ signal }) =>
    unwrap<Page<CampaignView>>(client.GET("/api/campaigns", { params: { query: { state: "archived" } }, signal })),
});

export function useCampaignNames(): Record<string, string> {
  const list = useQuery(campaignsQuery).data;
  return useMemo(() => Object.fromEntries((list?.items ?? []).map((c) => [c.id, c.name])), [list]);
}

export type LeadFilter = components["schemas"]["LeadFilter"];

/**
 * Leads by id, or all that match a filter but a few; the server refuses when the number that matches, those few among
 * them, is another one by then.
 */
export type Whom = { ids: string[] } | { filter: LeadFilter; except: string[]; expected_count: number };

export type BulkAction =
  | { do: "enrol"; campaign: string }
  | { do: "status"; status: LeadStatus }
  | { do: "tag"; add: string[]; remove: string[] }
  | { do: "assign"; owner: string | null };

export interface BulkAnswer {
  matched: number;
  changed: number;
  skipped: { lead_id: string; reason: string }[];
  job?: string | null;
}

export function useBulk() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ whom, action }: { whom: Whom; action: BulkAction }) =>
      unwrap<BulkAnswer>(client.POST("/api/leads/bulk", { body: { ...whom, action } })),
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ["campaigns"] });
      void cache.invalidateQueries({ queryKey: ["leads"] });
    },
  });
}

export type EnrolAnswer = components["schemas"]["EnrolAnswer"];

const bodyOf = (whom: Whom) => ("ids" in whom ? { lead_ids: whom.ids } : whom);

/** So many the API looks at before they are enrolled. */
export const MOST_CHECKED = 1_000;

/** What would become of them; nobody is enrolled. */
export const enrolCheckQuery = (whom: Whom, campaign: string, lacking: boolean) =>
  queryOptions({
    queryKey: ["enrol-check", campaign, whom, lacking],
    queryFn: ({ signal }) =>
      unwrap<EnrolAnswer>(
        client.POST("/api/campaigns/{id}/enrolments", {
          params: { path: { id: campaign } },
          body: { ...bodyOf(whom), with_missing_values: lacking, check: true },
          signal,
        }),
      ),
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });

/** Puts leads into a campaign: a few at once, many in the background. */
export function useEnrol() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ whom, campaign, lacking }: { whom: Whom; campaign: string; lacking: boolean }) =>
      unwrap<EnrolAnswer>(
        client.POST("/api/campaigns/{id}/enrolments", {
          params: { path: { id: campaign } },
          body: { ...bodyOf(whom), with_missing_values: lacking },
        }),
      ),
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ["campaigns"] });
      void cache.invalidateQueries({ queryKey: ["leads"] });
    },
  });
}
