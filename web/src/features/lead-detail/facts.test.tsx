import { act, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { awake } from "@/shared/lib/awake";
import { refusal, renderPage } from "@/test-page";
import { LeadFacts } from "./facts";
import type { LeadDetail } from "./queries";

const lead = {
  ...{ id: "lead_1", name: "Ana Silva", score: 10, temperature: "cold", merged: 2, created_at: "2026-11-20T09:00:00Z" },
  ...{ reasons: [], enrichment: [], tags: [], consent: [], channels: [], custom: {} },
} as unknown as LeadDetail;

test("merged leads are counted at once, and listed once the user acts", async () => {
  awake.set(false);
  const merge = { lead: "lead_2", name: "A. Silva", merged_at: lead.created_at, undo_until: lead.created_at };
  renderPage(() => <LeadFacts lead={lead} />, "/leads", "/leads", {
    "GET /api/leads/lead_1/merges": { items: [{ ...merge, can_undo: false }] },
    "GET /api/leads/lead_1/consent": { channels: [] },
    "GET /api/leads/lead_1/preview": {
      url: "https://nq.example/preview/x",
      expires_at: lead.created_at,
      revoked: true,
    },
  });
  expect(await screen.findByText("2 leads, listed in a moment")).toBeTruthy();
  expect(screen.queryByText("A. Silva")).toBeNull();
  act(() => awake.set(true));
  expect(await screen.findByText("A. Silva")).toBeTruthy();
  expect(screen.queryByText(/listed in a moment/)).toBeNull();
});

test("the lead's country is edited in place by its list, and saved as its code", async () => {
  const user = userEvent.setup();
  const change = vi.fn();
  renderPage(() => <LeadFacts lead={{ ...lead, country: "GB" }} onChange={change} />, "/leads", "/leads", {
    "GET /api/leads/lead_1/consent": { channels: [] },
    "GET /api/leads/lead_1/preview": refusal(404, {}),
    "GET /api/leads/lead_1/merges": { items: [] },
  });
  await user.dblClick(await screen.findByRole("button", { name: "Country: United Kingdom, edit" }));
  const field = await screen.findByRole("combobox", { name: "Country" });
  await user.clear(field);
  await user.type(field, "irel{Enter}");
  expect(change).toHaveBeenCalledExactlyOnceWith({ country: "IE" });
  expect(screen.queryByRole("combobox", { name: "Country" })).toBeNull();
});
