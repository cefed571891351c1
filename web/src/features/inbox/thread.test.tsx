import { screen } from "@testing-library/react";
import { test } from "vitest";
import { renderPage } from "@/test-page";
import { Thread } from "./thread";

const message = (id: string, more: object) => ({
  ...{ id, direction: "out", channel: "email", from: "maya@northquay.example", to: "marcus@hale.example" },
  ...{ subject: "Two minutes?", text: "Hi", created_at: "2026-11-17T10:00:00Z", ...more },
});

test("what did not arrive says why, in words and in those of the server", async () => {
  renderPage(() => <Thread lead="lead_2" onBack={() => undefined} onDone={() => undefined} />, "/inbox", "/inbox", {
    "GET /api/inbox/lead_2": {
      conversation: { lead_id: "lead_2", folder: "open", channel: "email", unread: 0 },
      lead: { id: "lead_2", name: "Marcus Hale", email: "marcus@hale.example", score: 79, status: "replied" },
      stopped: [],
      channels: [],
      messages: [
        message("m1", {
          state: "bounced",
          failure: { class: "hard_unknown_user", code: "550 5.1.1", detail: "550 5.1.1 No such user here" },
        }),
        message("m2", { state: "failed", failure: { class: "not_allowed", code: null, detail: "Asked to stop." } }),
        message("m3", { state: "failed" }),
      ],
    },
  });
  await screen.findByText("Bounced: unknown address or number (550 5.1.1 No such user here)");
  await screen.findByText("Not sent: sending to them is not allowed (Asked to stop.)");
  await screen.findByText("Not sent");
});
