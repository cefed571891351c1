import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { DuplicatesPage } from "./duplicates-page";

const LIST = "GET /api/leads/duplicates";
const open = (answers: Record<string, unknown>) =>
  renderPage(DuplicatesPage, "/leads/duplicates", "/leads/duplicates", answers);
const one = (id: string) => ({ id, name: "Ana Silva", company: "Quay", email: `${id}@quay.example`, phone: null });
const lead = (id: string) => ({ ...one(id), status: "new", owner: null, created_at: "2026-11-20T09:00:00Z" });
const search = { running: false, started_at: "2026-11-20T09:00:00Z", compared: 1240, is_partial: false };
const done = { ...search, finished_at: "2026-11-20T09:01:00Z" };

test("before the first search the page offers one", async () => {
  const { sent } = open({ [LIST]: { search: null, items: [] }, "POST /api/leads/duplicates": { ...search } });
  fireEvent.click(await screen.findByRole("button", { name: "Search for duplicates" }));
  await waitFor(() => expect(sent.some((request) => request.method === "POST")).toBe(true));
});

test("a group says why its leads may be one person, and is dismissed", async () => {
  const items = [{ reasons: ["same_name_and_company", "same_mailbox"], leads: [lead("lead_1"), lead("lead_2")] }];
  const { sent } = open({ [LIST]: { search: done, items }, "POST /api/leads/duplicates/dismiss": null });
  expect(await screen.findByText("Same name and company")).toBeTruthy();
  expect(screen.getByText("E-mail differs by dots or plus tag")).toBeTruthy();
  expect(screen.getByText(/Compared 1,240 leads/)).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: /^Not duplicates/ }));
  await waitFor(() => expect(sent.at(-1)?.body).toEqual({ lead_ids: ["lead_1", "lead_2"] }));
});

test("a group is merged from here; who may only read is not offered it", async () => {
  const items = [{ reasons: ["same_phone"], leads: [lead("lead_a"), lead("lead_b")] }];
  open({ [LIST]: { search: done, items } });
  const link = await screen.findByRole("link", { name: "Merge: Ana Silva, Ana Silva" });
  const address = new URL(link.getAttribute("href") ?? "", "https://app.invalid");
  expect([address.pathname, address.searchParams.get("ids")]).toEqual(["/leads/merge", "lead_a,lead_b"]);
  cleanup();
  renderPage(
    DuplicatesPage,
    "/leads/duplicates",
    "/leads/duplicates",
    { [LIST]: { search: done, items } },
    "read_only",
  );
  await screen.findByText("Same phone number");
  expect(screen.queryByRole("link", { name: /^Merge/ })).toBeNull();
});

test("a search that broke off says so", async () => {
  open({ [LIST]: { search: { ...search, finished_at: null }, items: [] } });
  expect(await screen.findByText("The search broke off. Search again.")).toBeTruthy();
});
