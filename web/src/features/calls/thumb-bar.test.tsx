import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import type { QueueRow } from "./queries";
import { ThumbBar } from "./thumb-bar";

const ROW: QueueRow = {
  at: "2026-11-20T09:00:00Z",
  do_not_contact: false,
  possible_opt_out: false,
  is_client: false,
  hours: "open",
  late: false,
  lead_id: "lead_2",
  lead_name: "Marcus Hale",
  parts: [],
  phone: "+442074960351",
  reason: "Replied",
  score: 50,
  temperature: "warm",
  value: 50,
};

test("the thumb's bar calls through the account that places calls", async () => {
  const { sent } = renderPage(() => <ThumbBar row={ROW} />, "/calls", "/calls", {
    "GET /api/calls/mine": { calls_from: "+14155552671", call: null },
    "POST /api/calls": { id: "call_1", lead_id: "lead_2", state: "calling", placed_at: "2026-11-20T09:00:00Z" },
  });
  fireEvent.click(await screen.findByRole("button", { name: "Call" }));
  await waitFor(() => expect(sent.map((request) => request.path)).toContain("/api/calls"));
  expect(sent.find((request) => request.path === "/api/calls")?.body).toEqual({
    lead_id: "lead_2",
    number: "+442074960351",
  });
});
