// Prospects at the API: providers, what a search costs, kept pages, and adding step by step.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { type AddAnswer, STEP } from "./model";

export const providersQuery = queryOptions({
  queryKey: ["prospects", "providers"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/prospects/providers", { signal })),
});

type SearchRequest = Schema["ProspectSearchRequest"];

/** What a search would ask for and may cost. */
export const searchCostQuery = (body: SearchRequest, enabled: boolean) =>
  queryOptions({
    queryKey: ["prospects", "estimate", JSON.stringify(body)],
    queryFn: ({ signal }) => unwrap(client.POST("/api/prospects/estimate", { body, signal })),
    enabled,
    retry: false,
  });

export const askCost = (body: SearchRequest) => unwrap(client.POST("/api/prospects/estimate", { body }));

export const keptPageQuery = (id: string, page: number) =>
  queryOptions({
    queryKey: ["prospects", "kept", id, page],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/prospects/searches/{id}", { params: { path: { id }, query: { page } }, signal })),
    enabled: !!id,
    retry: false,
  });

export function useSearch() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: SearchRequest) => unwrap(client.POST("/api/prospects/search", { body })),
    onSuccess: (found) => cache.setQueryData(keptPageQuery(found.id, found.page).queryKey, found),
    onSettled: () => cache.invalidateQueries({ queryKey: ["prospects", "estimate"] }),
  });
}

export const addCostQuery = (search: string, ids: readonly string[]) =>
  queryOptions({
    queryKey: ["prospects", "cost", search, [...ids].sort().join()],
    queryFn: ({ signal }) =>
      unwrap(client.POST("/api/prospects/add", { body: { search, ids: [...ids], tags: [], dry_run: true }, signal })),
    enabled: ids.length > 0,
    retry: false,
  });

interface ToAdd {
  search: string;
  ids: readonly string[];
  tags: string[];
  campaign?: string;
}

/** Adds prospects a few at a time, until all are added, one request fails, or the user stops. */
export function useAdding() {
  const cache = useQueryClient();
  const stopped = useRef(false);
  const [answers, setAnswers] = useState<AddAnswer[]>([]);
  const adding = useMutation({
    mutationFn: async ({ search, ids, tags, campaign }: ToAdd) => {
      stopped.current = false;
      setAnswers([]);
      for (let at = 0; at < ids.length && !stopped.current; at += STEP) {
        const body = { search, ids: ids.slice(at, at + STEP), tags, campaign, dry_run: false };
        const answer = await unwrap(client.POST("/api/prospects/add", { body }));
        setAnswers((old) => [...old, answer]);
        // The rest would not be bought either.
        if (answer.results.some(({ outcome }) => outcome === "over_cap" || outcome === "not_asked")) break;
      }
    },
    onSettled: () =>
      Promise.all(
        [["prospects", "kept"], ["prospects", "cost"], ["prospects", "estimate"], ["leads"], ["spend"]].map(
          (queryKey) => cache.invalidateQueries({ queryKey }),
        ),
      ),
  });
  const stop = () => {
    stopped.current = true;
  };
  const clear = () => {
    setAnswers([]);
    adding.reset();
  };
  return { adding, answers, stop, clear };
}
