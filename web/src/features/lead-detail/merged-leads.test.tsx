import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { refusal, renderPage } from "@/test-page";
import { MergedLeads } from "./merged-leads";
import type { LeadDetail } from "./queries";

const LIST = "GET /api/leads/lead_1/merges";
const UNDO = "POST /api/leads/lead_1/unmerge";
const lead = { id: "lead_1", name: "Ana Silva", rev: 4, merged: 1 } as LeadDetail;
const merge = {
  ...{ lead: "lead_2", name: "A. Silva", email: "a@quay.example", phone: null, merged_by: "user_1" },
  ...{ merged_at: "2026-11-16T15:20:00Z", undo_until: "2026-12-16T15:20:00Z", can_undo: true },
};
const open = (answers: Record<string, unknown>, may = true) => {
  const team = { "GET /api/team": { items: [{ id: "user_1", name: "Maya Okafor" }] } };
  return renderPage(() => <MergedLeads lead={lead} may={may} />, "/leads", "/leads", { ...team, ...answers });
};

test("a merged lead is shown with who merged it, and parted after a question", async () => {
  const parted = { id: "lead_2", name: "A. Silva", rev: 5 };
  const { sent } = open({ [LIST]: { items: [merge] }, [UNDO]: { lead: { ...lead, merged: 0 }, parted, seen: [] } });
  expect(await screen.findByText(/by Maya Okafor/)).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Undo merge: A. Silva" }));
  expect(sent.filter(({ method }) => method === "POST")).toEqual([]);
  fireEvent.click(await screen.findByRole("button", { name: "Undo merge" }));
  expect(await screen.findByText("A. Silva is a lead of its own again")).toBeTruthy();
  expect(sent.find(({ method }) => method === "POST")?.body).toEqual({ lead: "lead_2" });
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("a refused undo says what to do in its question", async () => {
  open({
    [LIST]: { items: [merge] },
    [UNDO]: refusal(409, {
      code: "address_taken",
      detail: "Another lead has the address a@quay.example. Change it there first.",
    }),
  });
  fireEvent.click(await screen.findByRole("button", { name: "Undo merge: A. Silva" }));
  fireEvent.click(await screen.findByRole("button", { name: "Undo merge" }));
  expect(await screen.findByText("Another lead has the address a@quay.example. Change it there first.")).toBeTruthy();
});

test("what is over, or only read, has no way back", async () => {
  const over = {
    ...merge,
    merged_by: null,
    merged_by_program: "Zapier",
    can_undo: false,
    undo_until: "2020-01-01T00:00:00Z",
  };
  open({ [LIST]: { items: [over] } });
  expect(await screen.findByText(/by Zapier, can no longer be undone/)).toBeTruthy();
  expect(screen.queryByRole("button")).toBeNull();
});

test("a merge before another one says that the later is undone first", async () => {
  open({ [LIST]: { items: [{ ...merge, can_undo: false, undo_until: "2999-01-01T00:00:00Z" }] } });
  expect(await screen.findByText(/can be undone once the later merge is/)).toBeTruthy();
  expect(screen.queryByRole("button")).toBeNull();
});

test("who may only read sees no button", async () => {
  open({ [LIST]: { items: [merge] } }, false);
  expect(await screen.findByText(/can be undone until/)).toBeTruthy();
  expect(screen.queryByRole("button")).toBeNull();
});
