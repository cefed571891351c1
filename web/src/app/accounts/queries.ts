// Accounts that send messages, as several pages need them, and the two ways to test one.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { SLOW_MS } from "@/api/query";
import type { Schema } from "@/api/types";
import { channelOf } from "@/shared/lib/senders";

export type AccountView = Schema["AccountView"];

export const accountsQuery = queryOptions({
  queryKey: ["accounts"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/settings/accounts", { signal })),
  refetchInterval: SLOW_MS * 2,
});

/** The accounts that send messages to leads, without those that are switched off. */
export const sendersIn = (all: AccountView[]) => all.filter((a) => a.enabled && channelOf(a.kind));

function useHeard() {
  const cache = useQueryClient();
  return () => {
    void cache.invalidateQueries({ queryKey: ["accounts"] });
    void cache.invalidateQueries({ queryKey: ["standing"] });
  };
}

/** The message when the test is over, also where its button is no longer shown. */
interface Told<Answer> {
  onSuccess: (answer: Answer) => void;
  onError: (error: unknown) => void;
}

/** Tests account and login, without sending a mail. */
export function useTryAccount(told: Told<Schema["TestedAccount"]>) {
  const onSettled = useHeard();
  return useMutation({
    ...told,
    mutationFn: (id: string) => unwrap(client.POST("/api/settings/accounts/{id}/test", { params: { path: { id } } })),
    onSettled,
  });
}

/** Sends a test mail to the signed-in user. */
export function useTestMail(told: Told<Schema["SentTestMail"]>) {
  const onSettled = useHeard();
  return useMutation({
    ...told,
    mutationFn: (id: string) =>
      unwrap(client.POST("/api/settings/accounts/{id}/test-mail", { params: { path: { id } } })),
    onSettled,
  });
}
