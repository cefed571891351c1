// What look-ups and models cost: a month, the caps, the prices, and how they are sent and told.
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { monthName } from "@/shared/lib/format";

export type Spend = Schema["SpendView"];
export type CallPrice = Schema["CallPriceRow"];
export type ModelPrice = Schema["ModelPriceRow"];
type Body = Schema["SpendSettingsBody"];

/** The present month if none is named. */
export const spendQuery = (month?: string) =>
  queryOptions({
    queryKey: ["spend", month ?? "now"],
    queryFn: ({ signal }) => unwrap(client.GET("/api/spend", { params: { query: { month } }, signal })),
  });

export type AiUsage = Schema["AiUsageView"];

/** What models were asked for on the last days. */
export const aiUsageQuery = (from: string, to: string) =>
  queryOptions({
    queryKey: ["spend", "ai", from, to],
    queryFn: ({ signal }) => unwrap(client.GET("/api/ai/usage", { params: { query: { from, to } }, signal })),
    placeholderData: keepPreviousData,
  });

export const columnNamesQuery = queryOptions({
  queryKey: ["columns", "list"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/columns", { signal })),
});

export function useSaveSpend() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: Body) => unwrap(client.PUT("/api/spend/settings", { body })),
    onSuccess: (next) => cache.setQueryData(["spend", "now"], next),
    onSettled: () => cache.invalidateQueries({ queryKey: ["spend"] }),
  });
}

/** The caps and prices as they are sent: all together, based on the revision that was read. */
export const bodyOf = ({ month_cap, user_cap, calls, models, rev }: Spend): Body => ({
  month_cap,
  user_cap,
  calls: calls.filter((row) => row.own).map(({ provider, kind, hit, miss }) => ({ provider, kind, hit, miss })),
  models,
  rev,
});

export const CALLS: Record<CallPrice["kind"], string> = {
  find_email: "Find an e-mail address",
  verify_email: "Check an e-mail address",
  find_phone: "Find a phone number",
  person: "Look up a person",
  company: "Look up a company",
  place: "Look up a place",
  search: "A page of a search",
  run: "A run",
  minute: "A minute on both phones",
};

/** "November 2026" */
export const monthWords = (month: string) => {
  const at = new Date(`${month}-15T12:00:00Z`);
  return `${monthName(at)} ${at.getUTCFullYear()}`;
};

/** The month and the eleven before it, the newest first. */
export function lastMonths(now: Date): string[] {
  const first = (back: number) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1));
  return Array.from({ length: 12 }, (_, back) => first(back).toISOString().slice(0, 7));
}

/** What the month comes to at its present pace; nothing on its first day, or for a month that is over. */
export function likely({ month, spent }: Pick<Spend, "month" | "spent">, now: Date): number | undefined {
  const start = Date.parse(`${month}-01T00:00:00Z`);
  const end = Date.UTC(new Date(start).getUTCFullYear(), new Date(start).getUTCMonth() + 1, 1);
  const passed = now.getTime() - start;
  if (passed < 24 * 3_600_000 || now.getTime() >= end) return undefined;
  return Math.round((spent * (end - start)) / passed);
}

/** Sets the workspace's own price of a call, or takes it back. */
export const withCall = (spend: Spend, row: CallPrice, own: boolean): Spend => ({
  ...spend,
  calls: spend.calls.map((other) =>
    other.provider === row.provider && other.kind === row.kind ? { ...row, own } : other,
  ),
});

/** Sets a model's price; `former` is the name that it had. */
export const withModel = (spend: Spend, former: string | undefined, row: ModelPrice | undefined): Spend => ({
  ...spend,
  models: [...spend.models.filter((other) => other.model !== former), ...(row ? [row] : [])].sort((a, b) =>
    a.model.localeCompare(b.model),
  ),
});
