import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { refusal, renderPage } from "@/test-page";
import { ClientPage, sums } from "./client-page";

const usd = (amount_minor: number) => ({ amount_minor, currency: "USD" });
const yen = (amount_minor: number) => ({ amount_minor, currency: "JPY" });
const client = {
  ...{ id: "c1", name: "Linden Physio", email: "elena@linden.example", lead_id: "lead_1" },
  ...{ since: "2026-10-01T09:00:00Z", mrr: [usd(4900)], mrr_is_unsure: false, ending: [], ends_at: null },
  ...{ collected: [usd(3000), yen(500)], disputed: [], credits: [], rev: 1 },
};
const transaction = (id: string, kind: string, amount: object) => ({
  ...{ id, kind, amount, client_id: "c1", client_name: "Linden Physio", at: "2026-11-17T09:00:00Z" },
});
const open = (answer: unknown) =>
  renderPage(ClientPage, "/clients/$id", "/clients/c1", {
    "GET /api/clients/c1": answer,
    "GET /api/team": { items: [] },
  });

test("payments, refunds, disputes and the subscription of a client are shown", async () => {
  open({
    client: { ...client, ending: [usd(4900)], ends_at: "2026-12-31T00:00:00Z", disputed: [usd(1000)] },
    subscriptions: [
      {
        id: "s1",
        status: "active",
        monthly: usd(4900),
        started_at: "2026-10-01T09:00:00Z",
        ends_at: "2026-12-31T00:00:00Z",
      },
    ],
    disputes: [
      {
        id: "d1",
        amount: usd(1000),
        reason: "product_not_received",
        outcome: "open",
        due_by: null,
        at: "2026-11-17T09:00:00Z",
      },
    ],
    transactions: [
      transaction("t3", "chargeback", usd(-1000)),
      transaction("t2", "refund", usd(-900)),
      transaction("t1", "payment", usd(4900)),
    ],
  });
  const section = async (name: string) => within(await screen.findByRole("region", { name }));
  expect((await section("Subscriptions")).getByText(/, cancelled$/)).toBeTruthy();
  const disputes = await section("Disputes");
  expect(disputes.getByText("Open")).toBeTruthy();
  expect(disputes.getByText("Product not received")).toBeTruthy();
  const payments = await section("Payments");
  expect(payments.getByText("Refund")).toBeTruthy();
  expect(payments.getByText("−$9")).toBeTruthy();
  expect(screen.getByText("$30 + ¥500")).toBeTruthy();
  expect(screen.getByText(/\$10 of it disputed/)).toBeTruthy();
});

test("amounts of different currencies are summed apart", () => {
  expect(sums([usd(100), yen(7), usd(50)])).toEqual([usd(150), yen(7)]);
  expect(sums([])).toEqual([]);
});

test("a client without payments says what will stand there", async () => {
  open({ client: { ...client, collected: [], mrr: [] }, subscriptions: [], disputes: [], transactions: [] });
  expect(await screen.findByText("No payment yet")).toBeTruthy();
  expect(screen.getByText(/No subscription/)).toBeTruthy();
  expect(screen.queryByRole("region", { name: "Disputes" })).toBeNull();
});

test("a client that does not load can be asked for again", async () => {
  open(refusal(503, { code: "unavailable", detail: "The service is busy." }));
  expect(await screen.findByRole("button", { name: "Try again" })).toBeTruthy();
});
