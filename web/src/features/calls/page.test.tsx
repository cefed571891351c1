import { screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renderPage } from "@/test-page";
import { CallsPage } from "./page";

const row = (id: string, lead_name: string, value: number) => ({
  at: "2026-11-20T09:00:00Z",
  do_not_contact: false,
  possible_opt_out: false,
  hours: "open",
  late: false,
  lead_id: id,
  lead_name,
  parts: [],
  phone: "+442074960351",
  reason: "A reply waits",
  score: value,
  temperature: "warm",
  value,
});

beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => vi.useRealTimers());

test("the lead that is shown stays when a more valuable one comes in above it", async () => {
  const marcus = row("lead_2", "Marcus Hale", 50);
  const answers: Record<string, unknown> = {
    "GET /api/calls/queue": { items: [marcus], total: 1 },
    "GET /api/calls/stats": { today: {}, week: {} },
    "GET /api/targets": { members: [] },
  };
  renderPage(CallsPage, "/calls", "/calls", answers);
  await screen.findByRole("heading", { level: 2, name: "Marcus Hale" });
  answers["GET /api/calls/queue"] = { items: [row("lead_3", "Elena Marsh", 90), marcus], total: 2 };
  await vi.advanceTimersByTimeAsync(31_000);
  await waitFor(() => expect(screen.getByRole("button", { name: /Elena Marsh/ })).toBeDefined());
  expect(screen.getByRole("heading", { level: 2, name: "Marcus Hale" })).toBeDefined();
});

test("a lead who has become a client is marked in the list and beside it", async () => {
  renderPage(CallsPage, "/calls", "/calls", {
    "GET /api/calls/queue": { items: [{ ...row("lead_2", "Marcus Hale", 50), is_client: true }], total: 1 },
    "GET /api/calls/stats": { today: {}, week: {} },
    "GET /api/targets": { members: [] },
  });
  await screen.findByRole("heading", { level: 2, name: /Marcus Hale/ });
  expect(screen.getAllByText("Client")).toHaveLength(2);
});
