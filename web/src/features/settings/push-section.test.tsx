import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderPage } from "@/test-page";
// Loaded with the first toast: not in a test's time.
import "@/shared/ui/toast-list";
import { PushSection } from "./push-section";

const device = (id: string, isThis: boolean) => ({
  id,
  name: "Firefox on Linux",
  added_at: "2026-11-17T10:00:00Z",
  is_this_session: isThis,
  is_current: true,
});

function open(devices: ReturnType<typeof device>[], permission: NotificationPermission | undefined, answers = {}) {
  vi.stubGlobal("Notification", permission && { permission });
  vi.stubGlobal("PushManager", class {});
  Object.defineProperty(navigator, "serviceWorker", {
    configurable: true,
    value: { getRegistration: async () => undefined, addEventListener: () => undefined },
  });
  return renderPage(
    () => <PushSection user="user_1" known={{ server_key: "AQID", devices }} />,
    "/settings/notifications",
    "/settings/notifications",
    answers,
  );
}

test("a browser that cannot be pushed to says why and offers nothing", async () => {
  open([], undefined);
  expect((await screen.findByRole("status")).textContent).toBe(
    "This browser cannot notify you while leadflow is closed.",
  );
  expect(screen.queryByRole("button")).toBeNull();
});

test("a browser that blocks notifications says how to allow them", async () => {
  open([], "denied");
  expect((await screen.findByRole("status")).textContent).toContain("Allow them in the browser's settings");
});

test("only the device of this session is tested, and each can be removed", async () => {
  const answers = { "POST /api/notifications/devices/test": { sent: false, detail: "Try again later." } };
  const { sent } = open([device("d1", false), device("d2", true)], "granted", answers);
  const [other, own] = await screen.findAllByRole("listitem");
  if (!other || !own) throw new Error("two devices are listed");
  expect(within(other).queryByRole("button", { name: "Send a test" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Notify me on this device" })).toBeNull();
  fireEvent.click(within(own).getByRole("button", { name: "Send a test" }));
  expect((await screen.findByRole("alert")).textContent).toBe("Try again later.");
  fireEvent.click(within(other).getByRole("button", { name: "Remove Firefox on Linux" }));
  await waitFor(() => expect(sent.at(-1)).toMatchObject({ method: "DELETE", path: "/api/notifications/devices/d1" }));
});
