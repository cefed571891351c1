import { cleanup, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { LeadRow } from "@/api/types";
import { renderPage } from "@/test-page";
import { Peek } from "./peek";

const lead = {
  ...{ id: "lead_1", name: "Ana Silva", company: "Quay", score: 10, temperature: "cold", status: "new" },
  ...{ active: [], tags: [] },
} as unknown as LeadRow;
const enrolment = (enrolled_at: string) => ({
  ...{ campaign: "campaign_1", campaign_name: "Clinics, autumn", sequence: "sequence_1", state: "scheduled" },
  ...{ step: 0, steps: 1, version: 1, line: [], pause_wanted: false, enrolled_at },
});

test("a merged lead whose campaign had both shows each of its two enrolments", async () => {
  const told = vi.spyOn(console, "error").mockImplementation(() => {});
  const at = "2026-11-20T09:00:00Z";
  const timeline = { items: [], enrolments: [enrolment(at), enrolment(at)] };
  renderPage(() => <Peek lead={lead} position="1 of 1" onClose={() => {}} />, "/leads", "/leads", {
    "GET /api/leads/lead_1/timeline": timeline,
  });
  expect(await screen.findAllByText("Clinics, autumn")).toHaveLength(2);
  expect(told.mock.calls.filter(([text]) => String(text).includes("same key"))).toEqual([]);
});

test("a lead with a number can be called, unless it must not be contacted", async () => {
  const show = (more: object) =>
    renderPage(
      () => <Peek lead={{ ...lead, ...more }} position="1 of 1" onClose={() => {}} onEnrol={() => {}} />,
      "/leads",
      "/leads",
      {},
    );
  show({ phone: "+442074960351", do_not_contact: false });
  const call = await screen.findByRole("link", { name: "Call" });
  expect(call.getAttribute("href")).toBe("tel:+442074960351");
  cleanup();
  show({ phone: "+442074960351", do_not_contact: true });
  await screen.findByRole("button", { name: /^Enrol/ });
  expect(screen.queryByRole("link", { name: "Call" })).toBeNull();
});
