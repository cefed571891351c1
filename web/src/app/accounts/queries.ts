// Accounts that messages go out by, as every page may need them, and the two ways of finding out whether one works.
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

/** Those that messages to leads go out by, less those that are switched off. */
export const sendersIn = (all: AccountView[]) => all.filter((a) => a.enabled && channelOf(a.kind));

function useHeard() {
  const cache = useQueryClient();
  return () => {
    void cache.invalidateQueries({ queryKey: ["accounts"] });
    void cache.invalidateQueries({ queryKey: ["standing"] });
  };
}

/** What is said when it is over, also where the button that began it is no longer there. */
interface Told<Answer> {
  onSuccess: (answer: Answer) => void;
  onError: (error: unknown) => void;
}

/** Connection and login, without a mail. */
export function useTryAccount(told: Told<AccountView>) {
  const onSettled = useHeard();
  return useMutation({
    ...told,
    mutationFn: (id: string) => unwrap(client.POST("/api/settings/accounts/{id}/test", { params: { path: { id } } })),
    onSettled,
  });
}

/** A mail to whoever is signed in. */
export function useTestMail(told: Told<Schema["SentTestMail"]>) {
  const onSettled = useHeard();
  return useMutation({
    ...told,
    mutationFn: (id: string) =>
      unwrap(client.POST("/api/settings/accounts/{id}/test-mail", { params: { path: { id } } })),
    onSettled,
  });
}
