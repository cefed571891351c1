// Sequences at the API: listed, read, saved as a new version, previewed against a lead.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import type { Draft } from "./model";

export const sequenceQuery = (id: string) =>
  queryOptions({
    queryKey: ["sequences", "one", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/sequences/{id}", { params: { path: { id } }, signal })),
  });

export function useSaveSequence() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, rev, draft }: { id?: string; rev?: number; draft: Draft }) =>
      unwrap(
        id
          ? client.PATCH("/api/sequences/{id}", { params: { path: { id } }, body: { ...draft, rev } })
          : client.POST("/api/sequences", { body: draft }),
      ),
    onSuccess: (made) => {
      cache.setQueryData(["sequences", "one", made.id], made);
    },
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: ["sequences"] });
    },
  });
}

export type PreviewStep = Schema["StepPreview"];

export type Preview = Schema["SequencePreview"];

export function useArchiveSequence() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, archived }: { id: string; archived: boolean }) =>
      unwrap(
        archived
          ? client.DELETE("/api/sequences/{id}", { params: { path: { id } } })
          : client.PATCH("/api/sequences/{id}", { params: { path: { id } }, body: { archived: false } }),
      ),
    onSettled: () => cache.invalidateQueries({ queryKey: ["sequences"] }),
  });
}

/** `variants`: shown in place of those that the lead would get. */
export const previewQuery = (id: string, rev: number, lead: string, variants: string[]) =>
  queryOptions({
    queryKey: ["sequences", "preview", id, rev, lead, variants],
    queryFn: ({ signal }) =>
      unwrap(
        client.POST("/api/sequences/{id}/preview", {
          params: { path: { id } },
          body: { lead_id: lead, variants },
          signal,
        }),
      ),
    staleTime: 60_000,
  });
