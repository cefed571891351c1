import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { ClientsPage } from "./clients-page";

const usd = (amount_minor: number) => ({ amount_minor, currency: "USD" });
const client = {
  id: "c1",
  name: "Linden Physio",
  since: "2026-10-01T09:00:00Z",
  mrr: [usd(1500)],
  mrr_is_unsure: false,
  ending: [],
  collected: [usd(4900), { amount_minor: 500, currency: "JPY" }],
  disputed: [],
};
const open = (more: object) =>
  renderPage(ClientsPage, "/clients", "/clients", {
    "GET /api/clients": { items: [{ ...client, ...more }] },
    "GET /api/campaigns": { items: [] },
  });

test("a client that is about to leave and a disputed payment are marked", async () => {
  open({ ending: [usd(1500)], ends_at: "2026-12-31T00:00:00Z", disputed: [usd(4900)] });
  expect(await screen.findByText(/^Ends .*31/)).toBeTruthy();
  expect(screen.getByText(/\$49 disputed/)).toBeTruthy();
});

test("an unknown discount makes the amount unsure in words", async () => {
  open({ mrr_is_unsure: true });
  expect(await screen.findByText(/a discount is unknown/)).toBeTruthy();
});

test("a sure amount stands alone, and currencies beside each other", async () => {
  open({});
  expect(await screen.findByText("$15")).toBeTruthy();
  expect(screen.getByText(/\$49 \+ .*500/)).toBeTruthy();
  expect(screen.queryByText(/Ends|disputed|unknown/)).toBeNull();
});
