// What language models are told: our text of each prompt, and the workspace's instructions with their versions.
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";

export type Prompt = Schema["PromptView"];
export type PromptVersion = Schema["PromptVersionView"];
export type PromptTrial = Schema["PromptTrialView"];
export type AiUse = Schema["AiUse"];

export const LONGEST_INSTRUCTIONS = 2_000;
export const LONGEST_TRIED_TEXT = 3_000;

/** What models are asked for, in the words of the app. */
export const AI_USES: Record<AiUse, string> = {
  opening_line: "Opening lines",
  reply_draft: "Reply drafts",
  rewrite: "Rewritten drafts",
  sequence: "Sequences",
  icp_proposal: "ICP proposals",
  column: "Columns",
  ai_reading: "AI reading",
};

export const promptsQuery = queryOptions({
  queryKey: ["prompts"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/ai/prompts", { signal })),
});

/** The versions of a prompt's instructions, the latest first. */
export const versionsQuery = (name: AiUse) =>
  infiniteQueryOptions({
    queryKey: ["prompts", name, "versions"],
    queryFn: ({ pageParam, signal }) => {
      const params = { path: { name }, query: { limit: 20, cursor: pageParam || undefined } };
      return unwrap(client.GET("/api/ai/prompts/{name}/versions", { params, signal }));
    },
    initialPageParam: "",
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });

export function useChangePrompt(name: AiUse) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: { instructions: string; version: number }) =>
      unwrap(client.PUT("/api/ai/prompts/{name}", { params: { path: { name } }, body })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["prompts"] }),
  });
}

/** Asks the model once with instructions that are not saved. */
export function useTryPrompt(name: AiUse) {
  return useMutation({
    mutationFn: (body: Schema["PromptTrialBody"]) =>
      unwrap(client.POST("/api/ai/prompts/{name}/try", { params: { path: { name } }, body })),
  });
}
