import { fireEvent, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { renderPage } from "@/test-page";
import { ConnectionDialog } from "./connection-dialog";
import type { ConnectionView } from "./queries";

const CHATS: ConnectionView = {
  id: "connection_1",
  name: "Chats",
  kind: "whatsapp",
  settings: {
    kind: "whatsapp",
    base_url: "https://graph.example/v23.0",
    phone_number_id: "106540352242922",
    from_number: "+12065550100",
  },
  secrets: [],
  ahead: [],
  enabled: true,
  created_at: "2027-03-01T09:00:00Z",
  rev: 3,
};

test("a verify token that was made anew is shown before the dialog closes", async () => {
  let closed = false;
  renderPage(
    () => <ConnectionDialog kind="whatsapp" connection={CHATS} onClose={() => (closed = true)} />,
    "/settings",
    "/settings",
    { "PATCH /api/settings/connections/connection_1": { ...CHATS, generated_secret: "0123abcd", rev: 4 } },
  );
  fireEvent.click(await screen.findByText("Save the connection"));
  expect(await screen.findByText("0123abcd")).toBeTruthy();
  expect(screen.getByText(/Saved: keep this new secret/)).toBeTruthy();
  expect(closed).toBe(false);
  fireEvent.click(screen.getByText("I have it"));
  expect(closed).toBe(true);
});
