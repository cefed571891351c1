// Settings at the API: the company, accounts, suppression list, team.
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { SLOW_MS } from "@/api/query";
import type { Schema } from "@/api/types";
import { proven } from "@/app/auth/proof";
import type { Role } from "@/shared/lib/roles";
import type { AccountKind } from "@/shared/lib/senders";
import type { NewRule } from "./rules";

export type Company = Schema["Company"];

export type DayOff = Schema["DayOff"];

/** Caps on messages to a lead, over all campaigns and bulk messages. */
export type Caps = Schema["Caps"];

export type SettingsView = Schema["SettingsView"];

export const settingsQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/settings", { signal })),
});

/** The named settings change, the rest stays. */
export type SettingsChanges = Schema["SettingsChanges"];

export function useChangeSettings() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: SettingsChanges) => proven(() => unwrap(client.PATCH("/api/settings", { body }))),
    onSuccess: (next) => cache.setQueryData(["settings"], next),
    onSettled: () => cache.invalidateQueries({ queryKey: ["settings"] }),
  });
}

export type { AccountKind };

export type WorkingHours = Schema["WorkingHours"];

export type AccountView = Schema["AccountView"];

/** An account with a secret that was generated for the provider's side, which is shown once. */
export type SavedAccount = Schema["SavedAccount"];

export const accountsQuery = queryOptions({
  queryKey: ["accounts"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/settings/accounts", { signal })),
});

/** The providers that can be connected besides the kinds of their own. */
export type SenderView = Schema["SenderView"];

export const sendersQuery = queryOptions({
  queryKey: ["sender-providers"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/settings/senders", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

/** One account with its day and the campaigns that send from it. */
export type AccountDetail = Schema["AccountDetail"];

export const accountQuery = (id: string) =>
  queryOptions({
    queryKey: ["accounts", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/settings/accounts/{id}", { params: { path: { id } }, signal })),
    refetchInterval: (q: { state: { data?: AccountDetail } }) => {
      const account = q.state.data;
      if (account?.pause?.state === "pausing") return 2_000;
      // Its mailbox is read every few minutes, and the first time soon.
      if (!account?.reading || (account.grant && account.grant.state !== "connected")) return false;
      return account.reading.last_read_at ? SLOW_MS * 2 : 5_000;
    },
  });

export type DayAhead = Schema["DayAhead"];
export type AccountSettings = Schema["AccountSettings"];
export type SendingLimits = Schema["SendingLimits"];

export type NewAccount = Schema["NewAccount"];

/** Pauses the account, without an end or until a time in the workspace's time zone, or resumes it. */
export function usePauseAccount(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (to: "resume" | { until?: string }) => {
      const path = { params: { path: { id } } };
      return unwrap(
        to === "resume"
          ? client.POST("/api/settings/accounts/{id}/resume", path)
          : client.POST("/api/settings/accounts/{id}/pause", { ...path, body: { until: to.until } }),
      );
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ["accounts"] }),
  });
}

/** Asks for the provider's page on which the mailbox's owner allows the access, and goes there. */
export const useConnect = () =>
  useMutation({
    mutationFn: async (id: string) => {
      const page = await unwrap(client.POST("/api/settings/accounts/{id}/connect", { params: { path: { id } } }));
      window.location.assign(page.url);
    },
  });

export type ProviderAnswer = Schema["ProviderAnswer"];

export function useFinishConnecting() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: ProviderAnswer) => unwrap(client.POST("/api/settings/accounts/connected", { body })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["accounts"] }),
  });
}

export function useDisconnect() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(client.POST("/api/settings/accounts/{id}/disconnect", { params: { path: { id } } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["accounts"] }),
  });
}

export function useAccountMoves() {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: ["accounts"] });
  const add = useMutation({
    mutationFn: (body: NewAccount) => proven(() => unwrap(client.POST("/api/settings/accounts", { body }))),
    onSettled,
  });
  const change = useMutation({
    mutationFn: ({ id, body }: { id: string; body: Partial<NewAccount> & { enabled?: boolean; rev?: number } }) =>
      proven(() => unwrap(client.PATCH("/api/settings/accounts/{id}", { params: { path: { id } }, body }))),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: ({ id, anyway }: { id: string; anyway: boolean }) =>
      unwrap(client.DELETE("/api/settings/accounts/{id}", { params: { path: { id }, query: { anyway } } })),
    onSettled,
  });
  return { add, change, remove };
}

export type SuppressionView = Schema["SuppressionView"];

/** The list, or those of its entries that have this text. */
export const suppressionQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ["suppression", q],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 200, cursor: pageParam, q: q || undefined };
      return unwrap(client.GET("/api/settings/suppressions", { params: { query }, signal }));
    },
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export function useSuppressionMoves() {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: ["suppression"] });
  const add = useMutation({
    mutationFn: (body: { scope: SuppressionView["scope"]; value: string }) =>
      unwrap(client.POST("/api/settings/suppressions", { body })),
    onSettled,
  });
  type Entry = Pick<SuppressionView, "scope" | "value">;
  /** What is decided is no question any more. All pages of the list would have to be read to find the others again. */
  const decided = (_: unknown, of: Entry) =>
    cache.setQueryData(modelSuppressionQuery.queryKey, (found) =>
      found?.filter(({ entry }) => entry.scope !== of.scope || entry.value !== of.value),
    );
  const lift = useMutation({
    mutationFn: (body: Entry & { reason: string }) => unwrap(client.POST("/api/settings/suppressions/lift", { body })),
    onSuccess: decided,
    onSettled,
  });
  const restore = useMutation({
    mutationFn: (undo: string) => unwrap(client.POST("/api/settings/suppressions/restore", { body: { undo } })),
    onSuccess: () => cache.invalidateQueries({ queryKey: modelSuppressionQuery.queryKey }),
    onSettled,
  });
  const keep = useMutation({
    mutationFn: (body: Entry) => unwrap(client.POST("/api/settings/suppressions/keep", { body })),
    onSuccess: decided,
    onSettled,
  });
  return { add, keep, lift, restore };
}

export type ModelSuppressionView = Schema["ModelSuppressionView"];

/** The entries that a model alone has made, from all pages of the list: most pages have none. */
export const modelSuppressionQuery = queryOptions({
  queryKey: ["model-suppressions"],
  queryFn: async ({ signal }) => {
    const found: ModelSuppressionView[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: 200, cursor };
      const page = await unwrap(client.GET("/api/settings/suppressions/by-model", { params: { query }, signal }));
      found.push(...page.items);
      cursor = page.next_cursor ?? undefined;
    } while (cursor && found.length < 200);
    return found;
  },
});

export type SelfCheck = Schema["SelfCheck"];

/** Runs when the page is opened and when the user asks again, never automatically. */
export const selfCheckQuery = queryOptions({
  queryKey: ["self-check"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/ops/check", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 0,
  retry: false,
  refetchOnWindowFocus: false,
});

export const rulesQuery = queryOptions({
  queryKey: ["rules"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/settings/rules", { signal })),
});

export function useRuleMoves() {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: ["rules"] });
  const add = useMutation({
    mutationFn: (body: NewRule) => unwrap(client.POST("/api/settings/rules", { body })),
    onSettled,
  });
  const change = useMutation({
    mutationFn: ({ id, body }: { id: string; body: { enabled: boolean } }) =>
      unwrap(client.PATCH("/api/settings/rules/{id}", { params: { path: { id } }, body })),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE("/api/settings/rules/{id}", { params: { path: { id } } })),
    onSettled,
  });
  return { add, change, remove };
}

export function useTeamMoves() {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: ["team"] });
  const invite = useMutation({
    mutationFn: (body: { name: string; email: string; role: Role }) =>
      proven(() => unwrap(client.POST("/api/team", { body }))),
    onSettled: () => cache.invalidateQueries({ queryKey: invitationsQuery.queryKey }),
  });
  const offerReset = useMutation({
    mutationFn: (id: string) =>
      proven(() => unwrap(client.POST("/api/team/{id}/reset-link", { params: { path: { id } } }))),
  });
  const change = useMutation({
    mutationFn: ({ id, body }: { id: string; body: Schema["MemberChanges"] }) =>
      proven(() => unwrap(client.PATCH("/api/team/{id}", { params: { path: { id } }, body }))),
    onSettled,
  });
  return { invite, offerReset, change };
}

export type OfferedInvitation = Schema["OfferedInvitation"];

export const invitationsQuery = queryOptions({
  queryKey: ["invitations"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/team/invitations", { signal })),
});

export function useInvitationMoves() {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: invitationsQuery.queryKey });
  const resend = useMutation({
    mutationFn: (id: string) =>
      proven(() => unwrap(client.POST("/api/team/invitations/{id}/resend", { params: { path: { id } } }))),
    onSettled,
  });
  const revoke = useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE("/api/team/invitations/{id}", { params: { path: { id } } })),
    onSettled,
  });
  return { resend, revoke };
}
