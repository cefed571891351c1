// Merges leads into one, with Undo in the toast.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { ApiProblem, asProblem } from "@/api/errors";
import { lookAgain } from "@/app/deletion/look-again";
import { plural } from "@/shared/lib/format";
import { toast } from "@/shared/ui/toast";

/** What to do about a refusal, by its code, where the server's words do not say it. */
const ADVICE: Partial<Record<string, string>> = {
  too_many_merged: "Choose another lead that stays, or undo an earlier merge.",
  no_such_lead: "Choose the leads again.",
};

export function mergeProblem(error: unknown): ApiProblem {
  const problem = asProblem(error);
  // Leads that were merged before the refused one are named in the server's words.
  return new ApiProblem({ ...problem, detail: [problem.detail, ADVICE[problem.code]].filter(Boolean).join(" ") });
}

export function useMergeLeads() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { into: string; leads: string[]; choices: Record<string, string> }) =>
      unwrap(client.POST("/api/leads/merge", { body })),
    onSuccess: ({ lead, merged }) => {
      // The address of a merged lead shows the one that stays.
      for (const id of [lead.id, ...merged]) cache.setQueryData(["leads", "one", id], lead);
      toast(`Merged ${plural(merged.length + 1, "lead")} into ${lead.name}`, {
        undo: async () => (await import("@/app/merge/unmerge")).undoMerges(cache, lead.id, merged),
      });
    },
    onSettled: () => lookAgain(cache),
  });
}
