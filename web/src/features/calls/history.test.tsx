import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { History } from "./history";

const made = (id: string, cost: unknown) => ({
  id,
  lead_id: `lead_${id}`,
  lead_name: `Lead ${id}`,
  outcome: "connected",
  done_at: "2026-11-20T09:00:00Z",
  cost,
});

test("each call tells its cost, that it comes, or that it is unknown", async () => {
  const items = [
    made("1", { state: "known", amount: 84_000 }),
    made("2", { state: "pending" }),
    made("3", { state: "unknown" }),
    made("4", null),
    made("5", { state: "known", amount: 0 }),
  ];
  renderPage(History, "/calls", "/calls", {
    "GET /api/calls": { items, next_cursor: null },
    "GET /api/team": { items: [] },
  });
  await screen.findByText("Lead 1");
  const cells = screen.getAllByRole("row").slice(1);
  const costs = cells.map((row) => row.querySelectorAll("td")[4]?.textContent);
  expect(costs).toEqual(["$0.084", "Price comes within some hours", "Price unknown", "–", "$0.00"]);
});
