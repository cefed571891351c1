import { screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderPage } from "@/test-page";
import { SendingFoot } from "./sending";

const open = (items: object[]) =>
  renderPage(() => <SendingFoot narrow={false} />, "/queue", "/queue", {
    "GET /api/settings/accounts": { items },
    "GET /api/dashboard/stats": { today: { emails_sent: 0, sms_sent: 0, whatsapp_sent: 0 } },
  });

test("a workspace without a mailbox is told that nothing can send, and where to connect one", async () => {
  open([]);
  expect(await screen.findByText("Nothing can send yet")).toBeTruthy();
  const link = screen.getByRole("link", { name: "Connect a mailbox" });
  expect(link.getAttribute("href")).toBe("/settings/mailboxes");
});

test("a workspace with a mailbox that works sends", async () => {
  open([{ id: "account_1", kind: "smtp", name: "Maya's mailbox", enabled: true, state: "connected" }]);
  expect(await screen.findByText("Sending on")).toBeTruthy();
  expect(screen.queryByText("Nothing can send yet")).toBeNull();
});

test("the messages of today say whose day is counted where it is not the reader's", async () => {
  const offset = vi.spyOn(Date.prototype, "getTimezoneOffset").mockReturnValue(300);
  open([{ id: "account_1", kind: "smtp", name: "Maya's mailbox", enabled: true, state: "connected" }]);
  expect(await screen.findByText("0 messages sent today, UTC")).toBeTruthy();
  offset.mockRestore();
});
