// API keys at the API: listed, created, revoked.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { proven } from "@/app/auth/proof";

export type ApiKey = Schema["ApiKeyView"];

export type NewKey = Schema["NewApiKeyView"];

export const keysQuery = queryOptions({
  queryKey: ["api-keys"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/keys", { signal })),
});

export function useKeyMoves() {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: keysQuery.queryKey });
  const create = useMutation({
    mutationFn: (body: Schema["NewApiKey"]) => proven(() => unwrap(client.POST("/api/keys", { body }))),
    onSettled,
    // The answer holds the secret: it is not kept when the dialog is closed.
    gcTime: 0,
  });
  const revoke = useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE("/api/keys/{id}", { params: { path: { id } } })),
    onSettled,
  });
  return { create, revoke };
}
