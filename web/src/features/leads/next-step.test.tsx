import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { LeadRow } from "@/api/types";
import { renderPage } from "@/test-page";
import { leadColumns } from "./columns";
import { allColumns } from "./columns/choice";
import { DEFAULT_COLUMNS } from "./model";
import { fetchLeads } from "./queries";

const NOW = Date.parse("2026-11-20T10:00:00Z");
const lead = (id: string, more: Partial<LeadRow> = {}) =>
  ({ id, active: [], fields: {}, ...more }) as unknown as LeadRow;
const due_at = "2026-11-20T09:00:00Z";

const leads = [
  lead("lead_1"),
  lead("lead_2"),
  lead("lead_3", { active: ["campaign_1"] }),
  lead("lead_4", { follow_up_at: "2026-11-20T12:00:00Z" }),
  lead("lead_5"),
];

test("the list says what comes next for each lead, as the board does", async () => {
  const columns = leadColumns({ now: NOW, campaigns: { campaign_1: "Clinics" }, narrow: false, custom: [] });
  const next = columns.find(({ header }) => header === "Next");
  renderPage(
    () => (
      <ul>
        {leads.map((row) => (
          <li key={row.id}>{next?.cell(row)}</li>
        ))}
      </ul>
    ),
    "/leads",
    "/leads",
    {
      "GET /api/tasks": { items: [{ lead_id: "lead_1", kind: "call", due_at }] },
      "GET /api/inbox": { items: [{ lead_id: "lead_2" }] },
    },
  );
  await screen.findByText(/^Call today/);
  const cells = screen.getAllByRole("listitem").map((cell) => cell.textContent);
  expect(cells[0]).toMatch(/^Call today \d\d:\d\d$/);
  expect(cells[1]).toBe("Reply waits");
  expect(cells[2]).toBe("Clinics");
  expect(cells[3]).toMatch(/^Follow-up today/);
  expect(cells[4]).toBe("–");
});

test("what comes next is a usual column, can be chosen, and is not asked of the server as a field", async () => {
  expect(DEFAULT_COLUMNS).toContain("next_step");
  expect(allColumns([])).toContain("next_step");
  const { sent } = renderPage(() => null, "/leads", "/leads", {});
  await fetchLeads({ filters: {}, columns: ["name", "next_step", "company"] }, undefined, 100);
  const asked = sent.find(({ path }) => path === "/api/leads")?.query ?? "";
  expect(new URLSearchParams(asked).get("columns")).toBe("name,company");
});
