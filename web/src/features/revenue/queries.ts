// Clients, what they pay, and what moved.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS } from "@/api/query";
import type { Page } from "@/api/types";
import type { Money } from "@/shared/lib/format";

export interface MonthMovement {
  month: string;
  new_minor: number;
  expansion_minor: number;
  contraction_minor: number;
  churn_minor: number;
  net_minor: number;
  mrr_minor: number;
  collected_minor: number;
  payments: number;
}

export interface RevenueView {
  currency: string;
  mrr: Money;
  arr: Money;
  clients: number;
  average_per_client: Money;
  collected: Money;
  months: MonthMovement[];
  projection: { month: string; mrr_minor: number }[];
}

export interface ClientView {
  id: string;
  name: string;
  email?: string | null;
  lead_id?: string | null;
  campaign_id?: string | null;
  since: string;
  mrr: Money;
  collected: Money;
}

export interface TransactionView {
  id: string;
  client_id: string;
  client_name?: string | null;
  lead_id?: string | null;
  kind: "payment" | "refund";
  amount: Money;
  at: string;
}

/** The figures and the payments they come from, read together: the page never shows one without the other. */
export const revenueQuery = queryOptions({
  queryKey: ["revenue"],
  queryFn: async ({ signal }) => {
    const [figures, payments] = await Promise.all([
      unwrap<RevenueView>(client.GET("/api/revenue", { params: { query: { months: 6 } }, signal })),
      unwrap<Page<TransactionView>>(
        client.GET("/api/revenue/transactions", { params: { query: { limit: 50 } }, signal }),
      ),
    ]);
    return { figures, payments: payments.items };
  },
  refetchInterval: LIVE_MS,
});

export const clientsQuery = queryOptions({
  queryKey: ["clients"],
  queryFn: ({ signal }) =>
    unwrap<Page<ClientView>>(client.GET("/api/clients", { params: { query: { limit: 200 } }, signal })),
  refetchInterval: LIVE_MS,
});
