// Settings at the API: the company, connections, suppression, team.
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Prices } from "@/api/prices";
import type { components } from "@/api/schema";
import type { Page } from "@/api/types";
import type { ConnectionKind } from "@/shared/lib/senders";
import type { Week } from "@/shared/lib/week";
import type { NewRule, TriggerRule } from "./rules";

export interface Company {
  name: string;
  postal_address: string;
  website?: string | null;
  sender_name: string;
  offer_headline: string;
  offer_text: string;
  booking_url?: string | null;
  payment_url?: string | null;
}

export interface DayOff {
  /** Such as 2026-12-24. */
  date: string;
  name: string;
  yearly?: boolean;
}

/** How often anybody is turned to, whatever campaigns they are in and whoever writes to many. */
export interface Caps {
  messages_per_day?: number | null;
  domain_per_day?: number | null;
  hours_apart?: number | null;
  one_campaign: boolean;
}

export interface SettingsView {
  name: string;
  company: Company;
  default_country: string;
  default_zone: string;
  currency: string;
  ai_enabled: boolean;
  enrichment_enabled: boolean;
  tracking_enabled: boolean;
  house_voice: string;
  when_uncertain: "hold" | "resend";
  when_late: "hold" | "send" | "skip";
  endings: { bounce: "everything" | "channel"; text_stop: "everything" | "channel" };
  /** 0: nobody waits because of a colleague. */
  company_hold_days: number;
  /** In order of date. */
  days_off: DayOff[];
  caps: Caps;
  prices: Prices;
  sending: { state: "running" | "stopping" | "stopped"; since?: string | null };
  rev: number;
}

export const settingsQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => unwrap<SettingsView>(client.GET("/api/settings", { signal })),
});

/** What is named changes, the rest stays. */
export type SettingsChanges = Partial<Omit<SettingsView, "company" | "endings">> & {
  company?: Partial<Record<keyof Company, string>>;
  endings?: Partial<SettingsView["endings"]>;
};

export function useChangeSettings() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: SettingsChanges) => unwrap<SettingsView>(client.PATCH("/api/settings", { body })),
    onSuccess: (next) => cache.setQueryData(["settings"], next),
    onSettled: () => cache.invalidateQueries({ queryKey: ["settings"] }),
  });
}

export type { ConnectionKind };

export interface WorkingHours extends Week {
  zone: string;
}

export interface ConnectionView {
  id: string;
  name: string;
  kind: ConnectionKind;
  settings: Record<string, unknown>;
  secrets: string[];
  /** Without any, it sends at all hours. */
  hours?: WorkingHours | null;
  /** Without any, as much as is due. */
  limits?: SendingLimits | null;
  today?: components["schemas"]["TodayView"] | null;
  ahead: DayAhead[];
  enabled: boolean;
  pause?: components["schemas"]["AccountPauseView"] | null;
  state?: components["schemas"]["ConnectionState"];
  /** Whether answers reach leadflow; absent where nothing goes out by it. */
  hears_replies?: boolean | null;
  last_error?: components["schemas"]["LastError"] | null;
  health?: { state: "down" | "recovering"; since: string; next_try?: string | null } | null;
  webhook_url?: string | null;
  created_at: string;
  rev: number;
}

/** With what was made up for the other side, which is shown once. */
export type SavedConnection = ConnectionView & { generated_secret?: string | null };

export const connectionsQuery = queryOptions({
  queryKey: ["connections"],
  queryFn: ({ signal }) => unwrap<Page<ConnectionView>>(client.GET("/api/settings/connections", { signal })),
});

/** Who can be sent by beside the kinds of their own. */
export type SenderView = components["schemas"]["SenderView"];

export const sendersQuery = queryOptions({
  queryKey: ["senders"],
  queryFn: ({ signal }) => unwrap<Page<SenderView>>(client.GET("/api/settings/senders", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

/** One account with how its day goes and who sends by it. */
export interface ConnectionDetail extends ConnectionView {
  hours_today: components["schemas"]["HourPlan"][];
  ramp: components["schemas"]["DayAllowed"][];
  days_off: { day: string; name: string }[];
  campaigns: components["schemas"]["CampaignUse"][];
}

export const connectionQuery = (id: string) =>
  queryOptions({
    queryKey: ["connections", id],
    queryFn: ({ signal }) =>
      unwrap<ConnectionDetail>(client.GET("/api/settings/connections/{id}", { params: { path: { id } }, signal })),
    refetchInterval: (q: { state: { data?: ConnectionDetail } }) =>
      q.state.data?.pause?.state === "pausing" ? 2_000 : false,
  });

export type DayAhead = components["schemas"]["DayAhead"];
export type ConnectionSettings = components["schemas"]["ConnectionSettings"];
export type SendingLimits = components["schemas"]["SendingLimits"];
export type Role = components["schemas"]["Role"];

export interface NewConnection {
  name: string;
  settings: ConnectionSettings;
  secret: Record<string, string>;
  hours?: WorkingHours | null;
  limits?: SendingLimits | null;
}

/** Paused, for good or until a time by the workspace's clock, or going on. */
export function usePauseAccount(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (to: "resume" | { until?: string }) => {
      const path = { params: { path: { id } } };
      return unwrap<ConnectionView>(
        to === "resume"
          ? client.POST("/api/settings/connections/{id}/resume", path)
          : client.POST("/api/settings/connections/{id}/pause", { ...path, body: { until: to.until } }),
      );
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ["connections"] }),
  });
}

export function useConnectionMoves() {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: ["connections"] });
  const add = useMutation({
    mutationFn: (body: NewConnection) => unwrap<SavedConnection>(client.POST("/api/settings/connections", { body })),
    onSettled,
  });
  const change = useMutation({
    mutationFn: ({ id, body }: { id: string; body: Partial<NewConnection> & { enabled?: boolean; rev?: number } }) =>
      unwrap<SavedConnection>(client.PATCH("/api/settings/connections/{id}", { params: { path: { id } }, body })),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: ({ id, anyway }: { id: string; anyway: boolean }) =>
      unwrap(client.DELETE("/api/settings/connections/{id}", { params: { path: { id }, query: { anyway } } })),
    onSettled,
  });
  return { add, change, remove };
}

export interface SuppressionView {
  scope: "email" | "domain" | "phone";
  value: string;
  reason: "opted_out" | "hard_bounce" | "complaint" | "manual";
  source?: string | null;
  created_at: string;
}

export const suppressionQuery = infiniteQueryOptions({
  queryKey: ["suppression"],
  initialPageParam: undefined as string | undefined,
  queryFn: ({ pageParam, signal }) =>
    unwrap<Page<SuppressionView>>(
      client.GET("/api/settings/suppressions", { params: { query: { limit: 200, cursor: pageParam } }, signal }),
    ),
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
  const lift = useMutation({
    mutationFn: (body: Pick<SuppressionView, "scope" | "value"> & { reason: string }) =>
      unwrap<{ undo: string }>(client.POST("/api/settings/suppressions/lift", { body })),
    onSettled,
  });
  const restore = useMutation({
    mutationFn: (undo: string) => unwrap(client.POST("/api/settings/suppressions/restore", { body: { undo } })),
    onSettled,
  });
  return { add, lift, restore };
}

export type SelfCheck = components["schemas"]["SelfCheck"];

/** Asked when the page is opened and when somebody asks again, never by itself. */
export const selfCheckQuery = queryOptions({
  queryKey: ["self-check"],
  queryFn: ({ signal }) => unwrap<SelfCheck>(client.GET("/api/ops/check", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 0,
  retry: false,
  refetchOnWindowFocus: false,
});

export const rulesQuery = queryOptions({
  queryKey: ["rules"],
  queryFn: ({ signal }) => unwrap<Page<TriggerRule>>(client.GET("/api/settings/rules", { signal })),
});

export function useRuleMoves() {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: ["rules"] });
  const add = useMutation({
    mutationFn: (body: NewRule) => unwrap<TriggerRule>(client.POST("/api/settings/rules", { body })),
    onSettled,
  });
  const change = useMutation({
    mutationFn: ({ id, body }: { id: string; body: { enabled: boolean } }) =>
      unwrap<TriggerRule>(client.PATCH("/api/settings/rules/{id}", { params: { path: { id } }, body })),
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
      unwrap<OfferedInvitation>(client.POST("/api/team", { body })),
    onSettled: () => cache.invalidateQueries({ queryKey: invitationsQuery.queryKey }),
  });
  const offerReset = useMutation({
    mutationFn: (id: string) =>
      unwrap<components["schemas"]["OfferedReset"]>(
        client.POST("/api/team/{id}/reset-link", { params: { path: { id } } }),
      ),
  });
  const change = useMutation({
    mutationFn: ({ id, body }: { id: string; body: { role?: Role; disabled?: boolean } }) =>
      unwrap(client.PATCH("/api/team/{id}", { params: { path: { id } }, body })),
    onSettled,
  });
  return { invite, offerReset, change };
}

export type OfferedInvitation = components["schemas"]["OfferedInvitation"];

export const invitationsQuery = queryOptions({
  queryKey: ["invitations"],
  queryFn: ({ signal }) =>
    unwrap<Page<components["schemas"]["InvitationView"]>>(client.GET("/api/team/invitations", { signal })),
});

export function useInvitationMoves() {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: invitationsQuery.queryKey });
  const resend = useMutation({
    mutationFn: (id: string) =>
      unwrap<OfferedInvitation>(client.POST("/api/team/invitations/{id}/resend", { params: { path: { id } } })),
    onSettled,
  });
  const revoke = useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE("/api/team/invitations/{id}", { params: { path: { id } } })),
    onSettled,
  });
  return { resend, revoke };
}
