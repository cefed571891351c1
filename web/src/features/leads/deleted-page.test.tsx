import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { DeletedLeadsPage } from "./deleted-page";

const lead = {
  id: "lead_1",
  name: "Ana Silva",
  company: "Quay Dental",
  email: "ana@quay.example",
  phone: null,
  deleted_at: "2026-11-20T09:00:00Z",
  deleted_by: "user_1",
  deleted_by_program: null,
  restorable_until: "2026-12-20T09:00:00Z",
  days_left: 2,
};
const open = (answers: Record<string, unknown>) =>
  renderPage(DeletedLeadsPage, "/leads/deleted", "/leads/deleted", {
    "GET /api/team": { items: [{ id: "user_1", name: "Maya Okafor", disabled: false }] },
    ...answers,
  });

test("a deleted lead is listed with who deleted it and the days left, and restored", async () => {
  const { sent } = open({
    "GET /api/leads/deleted": { items: [lead] },
    "POST /api/leads/lead_1/restore": { ...lead, rev: 3 },
  });
  expect(await screen.findByText("by Maya Okafor")).toBeTruthy();
  expect(screen.getByText("2 days")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Restore Ana Silva" }));
  await waitFor(() => expect(sent.some((one) => one.path === "/api/leads/lead_1/restore")).toBe(true));
});

test("a lead is erased only after a confirmation", async () => {
  const { sent } = open({ "GET /api/leads/deleted": { items: [lead] }, "POST /api/leads/lead_1/erase": null });
  fireEvent.click(await screen.findByRole("button", { name: "Erase now: Ana Silva" }));
  expect(sent.filter((one) => one.method === "POST")).toEqual([]);
  fireEvent.click(await screen.findByRole("button", { name: "Erase 1 lead" }));
  await waitFor(() => expect(sent.some((one) => one.path === "/api/leads/lead_1/erase")).toBe(true));
});

test("without deleted leads the page says what it is for", async () => {
  open({ "GET /api/leads/deleted": { items: [] } });
  expect(await screen.findByText("No deleted leads")).toBeTruthy();
});
