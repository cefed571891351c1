// Clients, their payments, and the movements of revenue, at the API.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS, live } from "@/api/query";
import type { Schema } from "@/api/types";

export type MonthMovement = Schema["MonthMovement"];

export type CurrencyRevenue = Schema["CurrencyRevenue"];

export type ClientView = Schema["ClientView"];

export type TransactionView = Schema["TransactionView"];

/** The figures and the payments behind them, read together: the page never shows one without the other. */
export const revenueQuery = queryOptions({
  queryKey: ["revenue"],
  queryFn: async ({ signal }) => {
    const [figures, payments] = await Promise.all([
      unwrap(client.GET("/api/revenue", { params: { query: { months: 6 } }, signal })),
      unwrap(client.GET("/api/revenue/transactions", { params: { query: { limit: 50 } }, signal })),
    ]);
    return { figures, payments: payments.items };
  },
  refetchInterval: live(LIVE_MS),
});

export type ClientDetail = Schema["ClientDetail"];

export const clientQuery = (id: string) =>
  queryOptions({
    queryKey: ["clients", id],
    queryFn: ({ signal }) => unwrap(client.GET("/api/clients/{id}", { params: { path: { id } }, signal })),
    refetchInterval: live(LIVE_MS),
  });

export const clientsQuery = queryOptions({
  queryKey: ["clients"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/clients", { params: { query: { limit: 200 } }, signal })),
  refetchInterval: live(LIVE_MS),
});
