// Campaigns at the API: listed, created, moved between states, their leads and figures.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS, SLOW_MS, whileThere } from "@/api/query";
import type { CampaignView, Schema } from "@/api/types";
import { channelOf } from "@/shared/lib/senders";

export const campaignQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", "one", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/campaigns/{id}", { params: { path: { id } }, signal })),
    refetchInterval: (q) => whileThere(q.state.data?.state === "pausing" ? 2_000 : LIVE_MS)(q),
  });

export type MessageFigures = Schema["MessageFigures"];

export type CampaignStats = Schema["CampaignStats"];

export const campaignStatsQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", "stats", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/campaigns/{id}/stats", { params: { path: { id } }, signal })),
    refetchInterval: LIVE_MS,
  });

/** The results of one variant: leads, each counted once. */
export type VariantResult = Schema["VariantResult"];

export type StepVariants = Schema["StepVariants"];

export type CampaignVariants = Schema["CampaignVariants"];

export const campaignVariantsQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", "variants", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/campaigns/{id}/variants", { params: { path: { id } }, signal })),
    refetchInterval: LIVE_MS,
  });

/** The leads per variant that find this difference from this rate of positive replies, both in percent. */
export const proposedLeadsQuery = (id: string, base_rate: number, difference: number) =>
  queryOptions({
    queryKey: ["campaigns", "proposed-leads", id, base_rate, difference],
    queryFn: ({ signal }) => {
      const params = { path: { id }, query: { base_rate, difference } };
      return unwrap(client.GET("/api/campaigns/{id}/variants", { params, signal }));
    },
    enabled: base_rate > 0 && base_rate < 100 && difference > 0 && difference <= 100,
  });

export type PeopleFilter = "pending" | "moving" | "waiting_task" | "held" | "ended";

export const fetchPeople = (
  id: string,
  state: PeopleFilter | undefined,
  cursor: string | undefined,
  limit: number,
  signal?: AbortSignal,
) =>
  unwrap(
    client.GET("/api/campaigns/{id}/enrolments", { params: { path: { id }, query: { state, cursor, limit } }, signal }),
  );

/** The first leads of the campaign, of which one is shown as an example. */
export const exampleLeadsQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", "people", id, "examples"],
    queryFn: ({ signal }) => fetchPeople(id, undefined, undefined, 20, signal),
  });

/** The held leads; at most the first two hundred. */
export const heldQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", "people", id, "held", "reasons"],
    queryFn: ({ signal }) => fetchPeople(id, "held", undefined, 200, signal),
    refetchInterval: SLOW_MS,
  });

export type Move = "launch" | "pause" | "resume" | "archive" | "complete";

/** Pauses without an end, or until a time in the workspace's time zone; a paused campaign gets another end. */
export function usePauseCampaign(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (until?: string) =>
      unwrap(client.POST("/api/campaigns/{id}/pause", { params: { path: { id } }, body: { until } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["campaigns"] }),
  });
}

export function useCampaignMove(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (move: Move) => {
      const path = { params: { path: { id } } };
      switch (move) {
        case "launch":
          return unwrap(client.POST("/api/campaigns/{id}/launch", path));
        case "pause":
          return unwrap(client.POST("/api/campaigns/{id}/pause", { ...path, body: {} }));
        case "resume":
          return unwrap(client.POST("/api/campaigns/{id}/resume", path));
        case "complete":
          return unwrap(client.POST("/api/campaigns/{id}/complete", path));
        case "archive":
          return unwrap(client.POST("/api/campaigns/{id}/archive", path));
      }
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ["campaigns"] }),
  });
}

export type MissingValuesView = Schema["MissingValuesView"];

/** The leads that would be held for a missing value if it were launched now; at most the first thousand are checked. */
export const missingValuesQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", "missingValues", id],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/campaigns/{id}/missing-values", { params: { path: { id } }, signal })),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });

export type WhenLate = Schema["WhenLate"];

export function useAnswerLate(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (then: WhenLate) =>
      unwrap(client.POST("/api/campaigns/{id}/late", { params: { path: { id } }, body: { then } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["campaigns"] }),
  });
}

export type NewCampaign = Schema["NewCampaign"];

export function useMakeCampaign() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: NewCampaign) => unwrap(client.POST("/api/campaigns", { body })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["campaigns"] }),
  });
}

export function useChangeCampaign(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (
      body: Partial<
        Pick<
          CampaignView,
          | "mailbox_ids"
          | "when_mailbox_gone"
          | "sms_sender_id"
          | "whatsapp_sender_id"
          | "lead_tag"
          | "only_verified"
          | "untracked"
          | "writing"
          | "promotes_winner"
          | "leads_per_variant"
          | "auto_enrol"
          | "rev"
        >
      >,
    ) => unwrap(client.PATCH("/api/campaigns/{id}", { params: { path: { id } }, body })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["campaigns"] }),
  });
}

export type AutoEnrolRule = Schema["AutoEnrolRule"];

export type AutoEnrolState = Schema["AutoEnrolView"];
export type EnrolJob = Schema["JobView"];

export const autoEnrolQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", "auto-enrol", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/campaigns/{id}/auto-enrol", { params: { path: { id } }, signal })),
    refetchInterval: LIVE_MS,
  });

export function useCloneCampaign() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(client.POST("/api/campaigns/{id}/clone", { params: { path: { id } }, body: {} })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["campaigns"] }),
  });
}

export type Sender = Schema["AccountView"];

export const senderChoicesQuery = queryOptions({
  queryKey: ["accounts"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/settings/accounts", { signal })),
});

export const isMailbox = (sender: Sender) => channelOf(sender.kind) === "email";
