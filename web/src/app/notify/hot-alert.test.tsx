import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { renderPage } from "@/test-page";
import { HotAlert } from "./hot-alert";

const open = () =>
  renderPage(HotAlert, "/queue", "/queue", {
    "GET /api/notifications": {
      items: [
        {
          id: "notification_1",
          kind: "hot_lead",
          title: "Nora turned hot",
          detail: "3 visits",
          lead_id: "lead_1",
          created_at: new Date().toISOString(),
        },
      ],
    },
    "GET /api/leads/lead_1": { id: "lead_1", phone: "+441174960142" },
  });
const alert = () => screen.queryByRole("region", { name: "Hot lead" });

beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => {
  vi.useRealTimers();
  sessionStorage.clear();
});

test("an alert leaves the page by itself and is not shown a second time", async () => {
  const { sent } = open();
  await screen.findByText("Nora turned hot");
  await vi.advanceTimersByTimeAsync(13_000);
  await waitFor(() => expect(alert()).toBeNull());
  expect(sent.filter((request) => request.method !== "GET")).toEqual([]);
  cleanup();
  open();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(alert()).toBeNull();
});

test("an alert stays while the pointer is on it, and goes at once when it is dismissed", async () => {
  open();
  await screen.findByText("Nora turned hot");
  fireEvent.pointerEnter(alert() as HTMLElement);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(alert()).not.toBeNull();
  fireEvent.click(screen.getByText("Dismiss"));
  await waitFor(() => expect(alert()).toBeNull());
});
