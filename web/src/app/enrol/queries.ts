// Campaigns as every page may need them: their names, and putting people in.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { client, unwrap } from "@/api/client";
import type { CampaignView, Page } from "@/api/types";

export const campaignsQuery = queryOptions({
  queryKey: ["campaigns", "list"],
  queryFn: ({ signal }) => unwrap<Page<CampaignView>>(client.GET("/api/campaigns", { params: { query: { limit: 200 } }, signal })),
});

export function useCampaignNames(): Record<string, string> {
  const list = useQuery(campaignsQuery).data;
  return useMemo(() => Object.fromEntries((list?.items ?? []).map((c) => [c.id, c.name])), [list]);
}

export interface EnrolAnswer {
  enrolled: number;
  skipped: { lead_id: string; reason: string }[];
}

const CHUNK = 100;

/** Puts leads into a campaign, a hundred at a time; says how many came in, and why others did not. */
export function useEnrol() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async ({ campaign, ids }: { campaign: string; ids: string[] }): Promise<EnrolAnswer> => {
      const sum: EnrolAnswer = { enrolled: 0, skipped: [] };
      for (let i = 0; i < ids.length; i += CHUNK) {
        const answer = await unwrap<EnrolAnswer>(
          client.POST("/api/campaigns/{id}/enrolments", {
            params: { path: { id: campaign } },
            body: { lead_ids: ids.slice(i, i + CHUNK) },
          }),
        );
        sum.enrolled += answer.enrolled;
        sum.skipped.push(...(answer.skipped ?? []));
      }
      return sum;
    },
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ["campaigns"] });
      void cache.invalidateQueries({ queryKey: ["leads"] });
    },
  });
}
