// One lead, its timeline, and the changes that its page makes.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { asProblem } from "@/api/errors";
import { LIVE_MS, whileThere } from "@/api/query";
import type { Channel, LeadStatus, Schema } from "@/api/types";
import type { Written } from "@/shared/editor/composer";

export type FieldResult = Schema["EnrichmentView"];

export type ChannelState = Schema["ChannelState"];

/** Reasons that the lead opted out, may have, or is on the suppression list. */
const SILENT = ["do_not_contact", "possible_opt_out", "address_suppressed"];

/** Why the lead may not be written to at all, or on one channel; none if everything is open. */
export function silenceOf(channels: ChannelState[] | undefined): { all: boolean; told: string } | undefined {
  const silent = channels?.filter((c) => SILENT.includes(c.closed_because ?? "") && c.told) ?? [];
  const first = silent[0];
  return first?.told ? { all: silent.length === channels?.length, told: first.told } : undefined;
}

/** The fields of a lead that change, by the API's names; custom values by their fields' keys. */
export type LeadChanges = Record<
  string,
  string | boolean | null | string[] | Record<string, string | null> | Record<string, Schema["ConsentInput"] | null>
>;

export type LeadDetail = Schema["LeadView"];

/** The recorded consent as a request records it. */
function consentBefore(lead: LeadDetail, channel: string): Schema["ConsentInput"] | null {
  const known = lead.consent.find((consent) => consent.channel === channel);
  return known && !known.withdrawn_at ? { basis: known.basis, on: known.on, note: known.note ?? null } : null;
}

/** The changes that undo `changes`: what the lead has in their place now. */
export function valuesBefore(lead: LeadDetail, changes: LeadChanges): LeadChanges {
  const now = lead as unknown as Record<string, string | boolean | null | string[]>;
  const custom = Object.keys(changes.custom ?? {});
  return Object.fromEntries(
    Object.keys(changes).map((name) => {
      if (name === "custom") return [name, Object.fromEntries(custom.map((key) => [key, lead.custom[key] ?? null]))];
      if (name === "consent") {
        const channels = Object.keys(changes.consent ?? {});
        return [name, Object.fromEntries(channels.map((channel) => [channel, consentBefore(lead, channel)]))];
      }
      return [name, now[name] ?? null];
    }),
  );
}

export const leadQuery = (id: string) =>
  queryOptions({
    queryKey: ["leads", "one", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/leads/{id}", { params: { path: { id } }, signal })),
    refetchInterval: whileThere(LIVE_MS * 2),
  });

/** The channels on which free text can be sent now; WhatsApp is one for a day after the lead wrote there. */
export const openChannelsQuery = (id: string) =>
  queryOptions({
    queryKey: ["inbox", "channels", id],
    queryFn: async ({ signal }): Promise<Channel[]> => {
      try {
        const params = { path: { lead_id: id } };
        const thread = await unwrap(client.GET("/api/inbox/{lead_id}", { params, signal }));
        return thread.channels.filter((c) => c.open).map((c) => c.channel);
      } catch (error) {
        // There is no conversation yet.
        if (asProblem(error).status === 404) return [];
        throw error;
      }
    },
  });

/** What the lead has agreed to on each channel, and what is asked for there. */
export type ChannelConsent = Schema["ChannelConsent"];

export const consentQuery = (id: string) =>
  queryOptions({
    queryKey: ["leads", "consent", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/leads/{id}/consent", { params: { path: { id } }, signal })),
  });

export const previewQuery = (id: string) =>
  queryOptions({
    queryKey: ["leads", "preview", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/leads/{id}/preview", { params: { path: { id } }, signal })),
    staleTime: 5 * 60_000,
  });

export function useLeadActions(id: string) {
  const cache = useQueryClient();
  const settled = () => cache.invalidateQueries({ queryKey: ["leads"] });
  const change = useMutation({
    mutationFn: (changes: Record<string, unknown> & { status?: LeadStatus }) =>
      unwrap(client.PATCH("/api/leads/{id}", { params: { path: { id } }, body: changes })),
    onSettled: settled,
  });
  const note = useMutation({
    mutationFn: (text: string) =>
      unwrap(client.POST("/api/leads/{id}/notes", { params: { path: { id } }, body: { text } })),
    onSettled: settled,
  });
  const send = useMutation({
    mutationFn: ({ w, at }: { w: Written; at?: string }) =>
      unwrap(
        client.POST("/api/emails/send", {
          body: {
            lead_id: id,
            channel: w.channel,
            subject: w.subject || undefined,
            body: w.text,
            account: w.account,
            send_at: at,
          },
        }),
      ),
    onSettled: settled,
  });
  const stop = useMutation({
    mutationFn: () => unwrap(client.POST("/api/leads/{id}/stop", { params: { path: { id } } })),
    onSettled: settled,
  });
  return { change, note, send, stop };
}
