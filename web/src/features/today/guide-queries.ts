// Data and actions of the guide: which of the first steps are done, and the sandbox's mailbox if there is a sandbox.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS } from "@/api/query";
import type { Schema } from "@/api/types";
import { proven } from "@/app/auth/proof";
import { useIdentity } from "@/app/auth/use-session";
import { campaignsQuery } from "@/app/enrol/queries";
import { sequencesQuery } from "@/app/shared-queries";
import { channelOf } from "@/shared/lib/senders";

type NewAccount = Schema["NewAccount"];

const settingsQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/settings", { signal })),
});

const accountsQuery = queryOptions({
  queryKey: ["accounts"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/settings/accounts", { signal })),
});

/** The accounts of a sandbox that runs beside the app; a deployed installation answers with the app itself. */
export const sandboxQuery = queryOptions({
  queryKey: ["sandbox-accounts"],
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
  queryFn: async ({ signal }): Promise<NewAccount[]> => {
    const answer = await fetch(new Request(new URL("/sandbox-accounts", location.origin), { signal }));
    if (!answer.ok || !answer.headers.get("content-type")?.startsWith("application/json")) return [];
    return ((await answer.json()) as { items?: NewAccount[] }).items ?? [];
  },
});

/** The workspace's progress to the first e-mail; none before it is loaded. */
export function useProgress(leads: number) {
  const settings = useQuery(settingsQuery).data;
  const accounts = useQuery(accountsQuery).data;
  const sequences = useQuery(sequencesQuery).data;
  const campaigns = useQuery({ ...campaignsQuery, refetchInterval: LIVE_MS * 3 }).data;
  if (!settings || !accounts || !sequences || !campaigns) return undefined;
  // A failing mailbox exists, but sends nothing.
  const mailboxes = accounts.items.filter((c) => channelOf(c.kind) === "email" && c.enabled);
  const works = mailboxes.find((c) => c.state !== "failing");
  const launched = campaigns.items.find((c) => c.state !== "draft");
  return {
    leads,
    address: settings.company.postal_address.trim(),
    mailbox: works,
    failing: works ? undefined : mailboxes[0],
    sequence: sequences.items.find((s) => !s.archived),
    campaign: launched ?? campaigns.items[0],
    launched: !!launched,
  };
}

export type Progress = NonNullable<ReturnType<typeof useProgress>>;

/** An offered mailbox belongs to nobody yet: its mails bear the name of the user who connects it. */
export const signedBy = (body: NewAccount, name: string): NewAccount =>
  "from_name" in body.settings && !body.settings.from_name
    ? { ...body, settings: { ...body.settings, from_name: name } }
    : body;

export function useGuideMoves() {
  const cache = useQueryClient();
  const name = useIdentity()?.user.name ?? "";
  const address = useMutation({
    mutationFn: (postal_address: string) =>
      unwrap(client.PATCH("/api/settings", { body: { company: { postal_address } } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["settings"] }),
  });
  const connect = useMutation({
    mutationFn: async (accounts: NewAccount[]) => {
      for (const body of accounts)
        await proven(() => unwrap(client.POST("/api/settings/accounts", { body: signedBy(body, name) })));
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ["accounts"] }),
  });
  /** Creates a draft with all leads in it. Nothing is sent before a user launches it. */
  const prepare = useMutation({
    mutationFn: async ({ sequence, mailbox }: { sequence: string; mailbox: string }) => {
      const everybody = await unwrap(client.GET("/api/leads", { params: { query: { limit: 1 } } }));
      const made = await unwrap(
        client.POST("/api/campaigns", {
          body: { name: "First campaign", sequence_id: sequence, mailbox_ids: [mailbox] },
        }),
      );
      await unwrap(
        client.POST("/api/campaigns/{id}/enrolments", {
          params: { path: { id: made.id } },
          body: { filter: {}, except: [], expected_count: everybody.total ?? 0, with_missing_values: false },
        }),
      );
      return made;
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ["campaigns"] }),
  });
  return { address, connect, prepare };
}
