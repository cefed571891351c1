import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { RevenuePage } from "./page";

const usd = (amount_minor: number) => ({ amount_minor, currency: "USD" });
const figures = (clients: number, mrr: number, collected: number) => ({
  currency: "USD",
  mrr: usd(mrr),
  arr: usd(mrr * 12),
  clients,
  average_per_client: usd(clients ? mrr / clients : 0),
  collected: usd(collected),
  months: [],
  projection: [],
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
