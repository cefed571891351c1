// Campaigns at the API: listed, made, moved between states, their people and numbers.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS, SLOW_MS, whileThere } from "@/api/query";
import type { components } from "@/api/schema";
import type { CampaignView, EnrolmentView, Page } from "@/api/types";
import type { Account } from "@/shared/lib/account-state";
import { channelOf } from "@/shared/lib/senders";

export const campaignQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", "one", id],
    queryFn: ({ signal }) =>
      unwrap<CampaignView>(client.GET("/api/campaigns/{id}", { params: { path: { id } }, signal })),
    refetchInterval: (q) => whileThere(q.state.data?.state === "pausing" ? 2_000 : LIVE_MS)(q),
  });

export interface MessageFigures {
  sent_email: number;
  sent_sms: number;
  sent_whatsapp: number;
  delivered: number;
  opened: number;
  clicked: number;
  replied: number;
  opted_out: number;
  bounced: number;
  failed: number;
  uncertain: number;
}

export interface CampaignStats {
  enrolments: {
    enrolled: number;
    in_flight: number;
    held: number;
    late: number;
    finished: number;
    replied: number;
    opted_out: number;
    bounced: number;
    won: number;
    other: number;
  };
  messages: MessageFigures;
  clients: number;
  steps: { step: number; id: string; kind: string; headline: string; messages: MessageFigures }[];
}

export const campaignStatsQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", "stats", id],
    queryFn: ({ signal }) =>
      unwrap<CampaignStats>(client.GET("/api/campaigns/{id}/stats", { params: { path: { id } }, signal })),
    refetchInterval: LIVE_MS,
  });

/** What came of one variant: people, each once. */
export interface VariantResult {
  id: string;
  label: string;
  subject: string;
  weight: number;
  paused: boolean;
  contacted: number;
  delivered: number;
  opened: number;
  clicked: number;
  replied: number;
  positive: number;
  opted_out: number;
  complained: number;
  bounced: number;
  rates: { positive: number; positive_low: number; positive_high: number };
  best?: number | null;
}

export interface StepVariants {
  step: number;
  id: string;
  kind: string;
  variants: VariantResult[];
  verdict: "too_early" | "no_difference" | "ahead" | "mixed";
  leader?: string | null;
}

export interface CampaignVariants {
  sample_floor: number;
  steps: StepVariants[];
}

export const campaignVariantsQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", "variants", id],
    queryFn: ({ signal }) =>
      unwrap<CampaignVariants>(client.GET("/api/campaigns/{id}/variants", { params: { path: { id } }, signal })),
    refetchInterval: LIVE_MS,
  });

export type PeopleFilter = "pending" | "moving" | "waiting_task" | "held" | "ended";

export const fetchPeople = (
  id: string,
  state: PeopleFilter | undefined,
  cursor: string | undefined,
  limit: number,
  signal?: AbortSignal,
) =>
  unwrap<Page<EnrolmentView>>(
    client.GET("/api/campaigns/{id}/enrolments", { params: { path: { id }, query: { state, cursor, limit } }, signal }),
  );

/** Who is held; of many the first two hundred. */
export const heldQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", "people", id, "held", "reasons"],
    queryFn: ({ signal }) => fetchPeople(id, "held", undefined, 200, signal),
    refetchInterval: SLOW_MS,
  });

export type Move = "launch" | "pause" | "resume" | "archive" | "complete";

/** For good, or until a time by the workspace's clock; one that is paused gets another end. */
export function usePauseCampaign(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (until?: string) =>
      unwrap<CampaignView>(client.POST("/api/campaigns/{id}/pause", { params: { path: { id } }, body: { until } })),
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

export type LackingView = components["schemas"]["LackingView"];

/** Who would be held for lack of a value, were it launched now; of many the first thousand. */
export const lackingQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", "lacking", id],
    queryFn: ({ signal }) =>
      unwrap<LackingView>(client.GET("/api/campaigns/{id}/lacking", { params: { path: { id } }, signal })),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });

export type WhenLate = components["schemas"]["WhenLate"];

export function useAnswerLate(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (then: WhenLate) =>
      unwrap<CampaignView>(client.POST("/api/campaigns/{id}/late", { params: { path: { id } }, body: { then } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["campaigns"] }),
  });
}

export interface NewCampaign {
  name: string;
  sequence_id: string;
  mailbox_ids: string[];
  sms_sender_id?: string;
  whatsapp_sender_id?: string;
  zone?: string;
  lead_tag?: string;
}

export function useMakeCampaign() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: NewCampaign) => unwrap<CampaignView>(client.POST("/api/campaigns", { body })),
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
          | "promotes_winner"
          | "evergreen"
          | "rev"
        >
      >,
    ) => unwrap<CampaignView>(client.PATCH("/api/campaigns/{id}", { params: { path: { id } }, body })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["campaigns"] }),
  });
}

export type Evergreen = NonNullable<CampaignView["evergreen"]>;

export type Intake = components["schemas"]["IntakeView"];
export type EnrolJob = components["schemas"]["JobView"];

export const intakeQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", "intake", id],
    queryFn: ({ signal }) =>
      unwrap<Intake>(client.GET("/api/campaigns/{id}/intake", { params: { path: { id } }, signal })),
    refetchInterval: LIVE_MS,
  });

export function useCloneCampaign() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap<CampaignView>(client.POST("/api/campaigns/{id}/clone", { params: { path: { id } }, body: {} })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["campaigns"] }),
  });
}

export interface Sender extends Account {
  id: string;
  name: string;
  kind: string;
}

export const senderChoicesQuery = queryOptions({
  queryKey: ["connections"],
  queryFn: ({ signal }) => unwrap<Page<Sender>>(client.GET("/api/settings/connections", { signal })),
});

export const isMailbox = (sender: Sender) => channelOf(sender.kind) === "email";
