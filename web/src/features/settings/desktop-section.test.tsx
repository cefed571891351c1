import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderPage } from "@/test-page";
import { DesktopSection } from "./desktop-section";

/** Opens the section in a browser that answers the question so; `asked` says how often it was asked. */
function open(permission: NotificationPermission | undefined, answer: NotificationPermission = "granted") {
  const state = { permission, asked: 0 };
  const browser = {
    get permission() {
      return state.permission;
    },
    requestPermission: async () => {
      state.asked += 1;
      state.permission = answer;
      return answer;
    },
  };
  renderPage(() => <DesktopSection user="user_1" />, "/settings/notifications", "/settings/notifications", {});
  vi.stubGlobal("Notification", permission && browser);
  return state;
}

test("the browser is asked by a click alone, and notifications can be turned off again", async () => {
  const state = open("default");
  const on = await screen.findByRole("button", { name: "Turn on notifications" });
  expect(state.asked).toBe(0);
  fireEvent.click(on);
  fireEvent.click(await screen.findByRole("button", { name: "Turn off notifications" }));
  await screen.findByRole("button", { name: "Turn on notifications" });
  expect(state.asked).toBe(1);
});

test("a browser that blocks notifications is explained, at first and after a refusal", async () => {
  open("denied");
  expect((await screen.findByRole("status")).textContent).toContain("Allow them in the browser's settings");
  expect(screen.queryByRole("button")).toBeNull();
});

test("a refusal shows how to allow notifications", async () => {
  open("default", "denied");
  fireEvent.click(await screen.findByRole("button", { name: "Turn on notifications" }));
  expect((await screen.findByRole("status")).textContent).toContain("blocks notifications");
});

test("a browser without notifications says so", async () => {
  open(undefined);
  expect((await screen.findByRole("status")).textContent).toBe("Notifications are not supported in this browser.");
});
