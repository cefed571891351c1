import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { LeadTimeline } from "./timeline";

const paid = (id: string, client: string | null) => ({
  ...{ id, at: "2026-11-17T09:00:00Z", planned: false, user: null },
  ...{ kind: "paid", amount_minor: 4900, currency: "USD", client },
});

const entriesWith = (items: object[]) => {
  const Page = () => <LeadTimeline id="lead_1" />;
  renderPage(Page, "/leads/$id", "/leads/lead_1", { "GET /api/leads/lead_1/timeline": { items, enrolments: [] } });
};

test("a payment leads to the client that paid", async () => {
  entriesWith([paid("a1", "client_7")]);
  const link = await screen.findByRole("link", { name: "Open client" });
  expect(link.getAttribute("href")).toBe("/clients/client_7");
  expect(link.closest("li")?.textContent).toContain("Payment received");
});

test("a payment whose client is not known has no link", async () => {
  entriesWith([paid("a1", null)]);
  expect(await screen.findByText("Payment received")).toBeTruthy();
  expect(screen.queryByRole("link")).toBeNull();
});
