// What was merged into a lead, and the undo of a merge.
import { type QueryClient, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { lookAgain } from "@/app/deletion/look-again";

export type LeadMerge = Schema["LeadMerges"]["items"][number];

export const mergesQuery = (id: string) =>
  queryOptions({
    queryKey: ["leads", "merges", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/leads/{id}/merges", { params: { path: { id } }, signal })),
  });

/** `into`: the lead that stayed. */
const unmerge = (cache: QueryClient) => ({
  mutationFn: ({ into, lead }: { into: string; lead: string }) =>
    unwrap(client.POST("/api/leads/{id}/unmerge", { params: { path: { id: into } }, body: { lead } })),
  onSuccess: ({ lead, parted }: Schema["UnmergedLeads"]) => {
    for (const one of [lead, parted]) cache.setQueryData(["leads", "one", one.id], one);
  },
  onSettled: () => lookAgain(cache),
});

export function useUnmerge() {
  return useMutation(unmerge(useQueryClient()));
}

/** Undoes merges, the last one first; one that is refused keeps no other from being undone. */
export async function undoMerges(cache: QueryClient, into: string, leads: string[]): Promise<void> {
  let refused: unknown;
  for (const lead of leads.toReversed())
    await cache
      .getMutationCache()
      .build(cache, unmerge(cache))
      .execute({ into, lead })
      .catch((error) => {
        refused = error;
      });
  if (refused) throw refused;
}
