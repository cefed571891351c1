// Commissions: what team members earn, as the API tells it, as the dialogs edit it, and in words.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { LIVE_MS } from "@/api/query";
import type { Schema } from "@/api/types";
import { numberFormat } from "@/shared/lib/format";
import { minorDigits, money } from "@/shared/lib/money";

export type Commissions = Schema["CommissionsView"];
export type Earnings = Schema["EarningsView"];
export type CommissionLine = Schema["CommissionLine"];
export type CommissionPlan = Schema["CommissionPlanView"];
export type Tier = Schema["CommissionTier"];
export type Credit = Schema["Credit"];

/** The lines of one member, or those that nobody is credited with. */
export type Of = { user: string } | "nobody";

export const commissionsQuery = (month: string) =>
  queryOptions({
    queryKey: ["commissions", month],
    queryFn: ({ signal }) => unwrap(client.GET("/api/commissions", { params: { query: { month } }, signal })),
    refetchInterval: LIVE_MS,
  });

export const linesQuery = (month: string, of: Of) => {
  const filter = of === "nobody" ? { not_credited: true } : { user: of.user };
  return queryOptions({
    queryKey: ["commissions", month, "lines", filter],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/commissions/lines", { params: { query: { month, ...filter } }, signal })),
  });
};

export const planQuery = queryOptions({
  queryKey: ["commissions", "plan"],
  queryFn: ({ signal }) => unwrap(client.GET("/api/commissions/plan", { signal })),
});

export function useSavePlan() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: Schema["CommissionPlanBody"]) => unwrap(client.PUT("/api/commissions/plan", { body })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["commissions"] }),
  });
}

export function useCloseMonth() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (month: string) => unwrap(client.POST("/api/commissions/close", { body: { month } })),
    onSettled: () => cache.invalidateQueries({ queryKey: ["commissions"] }),
  });
}

export function useCreditClient(id: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: Schema["ClientCredits"]) =>
      unwrap(client.PUT("/api/clients/{id}/credits", { params: { path: { id } }, body })),
    onSettled: async () => {
      await cache.invalidateQueries({ queryKey: ["clients"] });
      await cache.invalidateQueries({ queryKey: ["commissions"] });
    },
  });
}

export const rate = (tier: Tier) => `${numberFormat({ maximumFractionDigits: 2 }).format(tier.basis_points / 100)} %`;

/** `10 %, 15 % above $5,000`, or that there is none. */
export function tiersWords(tiers: readonly Tier[], currency: string): string {
  if (tiers.length === 0) return "no commission";
  const each = tiers.map((tier, i) =>
    i === 0 ? rate(tier) : `${rate(tier)} above ${money({ amount_minor: tier.from_minor, currency })}`,
  );
  return each.join(", ");
}

/** A tier as it is typed: a percentage, and the sum above which it counts. */
export interface TierDraft {
  percent: string;
  above: string;
}

export const draftsOf = (tiers: readonly Tier[], currency: string): TierDraft[] =>
  tiers.map((tier) => ({
    percent: String(tier.basis_points / 100),
    above: String(tier.from_minor / 10 ** minorDigits(currency)),
  }));

const numberOf = (text: string) => {
  const plain = text.trim().replace(",", ".");
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : undefined;
};

/** The tiers that were typed, or what is wrong with them. */
export function tiersOf(drafts: readonly TierDraft[], currency: string): Tier[] | string {
  const tiers: Tier[] = [];
  for (const [i, draft] of drafts.entries()) {
    const percent = numberOf(draft.percent);
    if (percent === undefined || percent > 100) return "Enter a rate from 0 to 100, such as 12.5.";
    const above = i === 0 ? 0 : numberOf(draft.above);
    if (above === undefined) return "Enter the amount from which each further rate counts.";
    const from_minor = Math.round(above * 10 ** minorDigits(currency));
    const before = tiers.at(-1);
    if (before && from_minor <= before.from_minor) return "Each further rate must start above the one before.";
    tiers.push({ from_minor, basis_points: Math.round(percent * 100) });
  }
  return tiers;
}
