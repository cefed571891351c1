// The answers about deals: those of one lead, the sums of the board, the forecast, and the health of the pipeline.

export const NO_DEALS = { deals: 0, sums: [] };
const euros = (deals: number, value_minor: number, weighted_minor: number) => ({
  deals,
  sums: [{ currency: "EUR", value_minor, weighted_minor }],
});
const BOARD_DEALS: Record<string, ReturnType<typeof euros>> = {
  replied: euros(3, 310_000, 93_000),
  qualified: euros(7, 1_240_000, 744_000),
};
const DEALS = [
  { name: "Booking page", amount_minor: 90_000, chance: 60, state: "open" },
  { name: "Printed cards", amount_minor: 12_050, chance: 0, state: "lost", lost_reason: "too_expensive" },
].map((deal, i) => ({
  id: `deal_${i}`,
  lead_id: "lead_0",
  lead_name: "Ana Silva",
  stage: "qualified",
  owner: null,
  currency: "EUR",
  probability: null,
  close_on: "2026-12-31",
  closed_at: deal.state === "open" ? null : "2026-11-14T09:30:00Z",
  closed_with_lead: false,
  lost_reason: null,
  created_at: "2026-10-20T09:30:00Z",
  rev: 1,
  ...deal,
}));
const FORECAST = {
  this_month: "2026-11",
  cut_off: false,
  overdue: euros(1, 40_000, 4_000),
  months: ["2026-08", "2026-09", "2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-03", "2027-04"].map(
    (month, i) => ({
      month,
      open: i < 3 ? NO_DEALS : euros(4, 300_000 + 50_000 * i, 120_000),
      won: i < 4 ? euros(2, 200_000 + 10_000 * i, 200_000 + 10_000 * i) : NO_DEALS,
    }),
  ),
};
const HEALTH = {
  days: 90,
  won: 12,
  hours_to_win: 24 * 31,
  this_month: euros(4, 450_000, 160_000),
  three_months: euros(12, 1_550_000, 840_000),
  won_three_months: euros(6, 630_000, 630_000),
  cut_off: false,
  stages: ["new", "contacted", "replied", "qualified"].map((stage, i) => ({
    stage,
    under_7_days: 40 - 9 * i,
    under_30_days: 31 - 5 * i,
    under_90_days: 12 - i,
    over_90_days: 4,
    stale: 3 * i,
    left: 50 - 10 * i,
    went_on: 31 - 6 * i,
    lost: 9 - i,
    median_hours: 30 + 60 * i,
    deals: BOARD_DEALS[stage] ?? NO_DEALS,
  })),
};

interface Column {
  stage: string;
}

/** The board with what the deals of its stages come to. */
export const withDeals = <C extends Column, B extends { columns: C[] }>(board: B) => ({
  ...board,
  deals: euros(10, 1_550_000, 837_000),
  columns: board.columns.map((column) => ({ ...column, deals: BOARD_DEALS[column.stage] ?? NO_DEALS })),
});

export const DEAL_ANSWERS = {
  "GET /api/leads/lead_0/deals": { items: DEALS },
  "GET /api/deals/forecast": FORECAST,
  "GET /api/pipeline/health": HEALTH,
};
