import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { CompanyPage } from "./company-page";

const company = {
  domain: "quay.example",
  name: "Quay",
  given_name: null,
  owner: null,
  note: null,
  parents: [],
  leads: 1,
  stages: [{ status: "new", leads: 1 }],
  score: 20,
  hot: false,
  last_contacted_at: null,
  updated_at: "2026-10-01T09:00:00Z",
  suppressed_since: null,
  held_until: null,
  revenue: { clients: 0, collected: [], mrr: [], is_partial: false },
  rev: 0,
};
const open = (more: object, role?: "read_only") =>
  renderPage(
    CompanyPage,
    "/companies/$domain",
    "/companies/quay.example",
    {
      "GET /api/companies/quay.example": { ...company, ...more },
      "GET /api/companies/quay.example/timeline": { items: [], leads: 1, of: 1 },
      "POST /api/settings/suppressions": {},
    },
    role,
  );

test("nobody at the company is contacted once that is confirmed", async () => {
  const { sent } = open({});
  // The header and, on a phone, the row below it.
  const [button] = await screen.findAllByRole("button", { name: "Do not contact" });
  fireEvent.click(button as Element);
  const dialog = await screen.findByRole("dialog");
  expect(dialog.textContent).toContain("No address at quay.example is mailed any more");
  fireEvent.click([...dialog.querySelectorAll("button")].find((b) => b.textContent === "Do not contact") as Element);
  expect(await screen.findByText("quay.example added to the suppression list")).toBeTruthy();
  expect(sent.find((s) => s.method === "POST")?.body).toEqual({ scope: "domain", value: "quay.example" });
});

test("a suppressed company says so, and offers it no more", async () => {
  open({ suppressed_since: "2026-10-02T09:00:00Z" });
  expect(await screen.findByText(/Do not contact since/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Do not contact" })).toBeNull();
});

test("without the permission nothing can be changed", async () => {
  open({}, "read_only");
  expect(await screen.findByRole("heading", { name: "Quay" })).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Edit" })).toBeNull();
});
