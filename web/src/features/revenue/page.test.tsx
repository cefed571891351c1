import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { hasTrend, RevenuePage } from "./page";

const usd = (amount_minor: number) => ({ amount_minor, currency: "USD" });
const inCurrency = (currency: string, clients: number, mrr: number, collected: number, more = {}) => {
  const of = (amount_minor: number) => ({ amount_minor, currency });
  return {
    currency,
    mrr: of(mrr),
    arr: of(mrr * 12),
    subscribed: clients,
    average_per_client: of(clients ? mrr / clients : 0),
    ending: of(0),
    collected: of(collected),
    disputed: of(0),
    months: [],
    projection: [],
    ...more,
  };
};
const figures = (clients: number, mrr: number, collected: number, more = {}) => ({
  clients,
  unsure: 0,
  currencies: [inCurrency("USD", clients, mrr, collected, more)],
});
const open = (revenue: object, payments: object[]) =>
  renderPage(RevenuePage, "/revenue", "/revenue", {
    "GET /api/revenue": revenue,
    "GET /api/revenue/transactions": { items: payments },
  });

test("between a subscription and its first payment the page says that the payment is on its way", async () => {
  open(figures(1, 4900, 0), []);
  expect(await screen.findByText("The first payment is on its way")).toBeTruthy();
  expect(screen.getByText("the first payment is on its way")).toBeTruthy();
  expect(screen.queryByText(/Connect Stripe/)).toBeNull();
});

test("without a client nothing was paid, and the page says how payments come in", async () => {
  open(figures(0, 0, 0), []);
  expect(await screen.findByText(/Connect Stripe/)).toBeTruthy();
});

test("the figures and the payments are shown together", async () => {
  const payment = { id: "t1", client_id: "c1", client_name: "Linden Physio", kind: "payment", amount: usd(4900) };
  open(figures(1, 4900, 4900), [{ ...payment, at: "2026-11-17T09:00:00Z" }]);
  expect(await screen.findByText("Linden Physio")).toBeTruthy();
  expect(screen.queryByText(/on its way/)).toBeNull();
});

test("two currencies are shown apart and never added", async () => {
  const both = {
    ...figures(2, 4900, 4900),
    currencies: [inCurrency("USD", 1, 4900, 4900), inCurrency("JPY", 1, 500, 500)],
  };
  open(both, []);
  const yen = within(await screen.findByRole("region", { name: "Revenue in JPY" }));
  expect(yen.getAllByText(/¥500$/)).toHaveLength(2);
  expect(within(screen.getByRole("region", { name: "Revenue in USD" })).getAllByText(/\$49$/)).toHaveLength(2);
});

test("what ends, what is disputed and what is unsure is told", async () => {
  const more = { ending: usd(1500), disputed: usd(4900), months: [] };
  const payment = { id: "dp_1", client_id: "c1", client_name: "Linden Physio", amount: usd(-4900) };
  open({ ...figures(1, 4900, 4900, more), unsure: 1 }, [
    { ...payment, kind: "chargeback", at: "2026-11-17T09:00:00Z" },
  ]);
  expect(await screen.findByText(/\$15 of it is cancelled and ends/)).toBeTruthy();
  expect(screen.getByText(/\$49 of it disputed/)).toBeTruthy();
  expect(screen.getByText("Chargeback")).toBeTruthy();
  expect(screen.getByRole("note").textContent).toContain("1 client");
});

const month = (name: string, mrr_minor: number, new_minor: number) => ({
  ...{ month: name, mrr_minor, new_minor, net_minor: new_minor, collected_minor: 0 },
  ...{ expansion_minor: 0, contraction_minor: 0, churn_minor: 0 },
});

test("revenue of less than three months is not projected, and the page says why", async () => {
  const young = [month("2026-09", 0, 0), month("2026-10", 0, 0), month("2026-11", 2600, 2600)];
  expect(hasTrend({ months: young })).toBe(false);
  const grown = [month("2026-09", 2600, 2600), month("2026-10", 2600, 0), month("2026-11", 5200, 2600)];
  expect(hasTrend({ months: grown })).toBe(true);
  const projection = [{ month: "2026-12", mrr_minor: 3467 }];
  open(figures(1, 2600, 2600, { months: young, projection }), []);
  const region = within(await screen.findByRole("region", { name: "Projection" }));
  expect(region.getByText(/a trend needs three months with revenue/)).toBeTruthy();
  expect(region.queryByText("Dec")).toBeNull();
});
