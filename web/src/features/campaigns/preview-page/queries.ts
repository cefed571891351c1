// A campaign's preview page at the API: read, saved, reset, and shown while it is edited.
import { keepPreviousData, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { asProblem, type FieldProblem } from "@/api/errors";
import type { Schema } from "@/api/types";
import { useDelayed } from "@/shared/lib/hooks";
import type { PageBlock } from "./model";

const WAIT_MS = 400;

const path = (id: string) => ({ path: { id } });

export const pageQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", "page", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/campaigns/{id}/page", { params: path(id), signal })),
  });

/** Some leads of the campaign, or any while it has none, to show the page with. */
export const sampleLeadsQuery = (campaign: string) =>
  queryOptions({
    queryKey: ["leads", "sample", campaign],
    queryFn: async ({ signal }) => {
      const ask = (query: { campaign?: string; limit: number }) =>
        unwrap(client.GET("/api/leads", { params: { query }, signal }));
      const own = await ask({ campaign, limit: 20 });
      return own.items.length ? own.items : (await ask({ limit: 20 })).items;
    },
  });

export function usePageMoves(id: string) {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: pageQuery(id).queryKey });
  const save = useMutation({
    mutationFn: (body: Schema["CampaignPageContent"]) =>
      unwrap(client.PUT("/api/campaigns/{id}/page", { params: path(id), body })),
    onSuccess: (page) => cache.setQueryData(pageQuery(id).queryKey, page),
    onSettled,
  });
  const reset = useMutation({
    mutationFn: (rev: number) =>
      unwrap(client.DELETE("/api/campaigns/{id}/page", { params: path(id), headers: { "if-match": String(rev) } })),
    onSettled,
  });
  return { save, reset };
}

export interface ShownDraft {
  /** The address of the latest draft without faults. */
  path?: string;
  isOld: boolean;
  errors: readonly FieldProblem[];
  failed?: unknown;
  retry: () => void;
}

/** Sends each draft to where a frame can show it, once the user rests. */
export function useShownDraft(id: string, blocks: readonly PageBlock[], lead: string, may: boolean): ShownDraft {
  const now = JSON.stringify({ blocks, lead_id: lead || null });
  const asked = useDelayed(now, WAIT_MS);
  const query = useQuery({
    queryKey: ["campaigns", "page-draft", id, asked],
    enabled: may,
    queryFn: ({ signal }) => {
      const body = JSON.parse(asked) as Schema["PageDraft"];
      return unwrap(client.POST("/api/campaigns/{id}/page/draft", { params: path(id), body, signal }));
    },
    placeholderData: keepPreviousData,
    // What was kept of an earlier draft is overwritten by the next one.
    gcTime: 0,
    retry: false,
  });
  const isOld = asked !== now || query.isPlaceholderData || query.isFetching;
  const problem = query.error && !isOld ? asProblem(query.error) : undefined;
  return {
    path: query.data?.path,
    isOld,
    errors: problem?.status === 422 ? problem.errors : [],
    failed: problem && problem.status !== 422 ? query.error : undefined,
    retry: () => void query.refetch(),
  };
}
