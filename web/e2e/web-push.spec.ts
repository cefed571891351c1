// Push to a device while the app is closed: chosen in the settings over recorded answers, and against a running installation
// from the click in the settings to what the push service of the sandbox takes for a hot lead.
import { expect, type Page, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const DEVICES = {
  server_key: "BKey",
  devices: [
    {
      id: "d1",
      name: "Firefox on Linux",
      added_at: "2026-11-10T09:00:00Z",
      is_this_session: true,
      is_current: true,
    },
    { id: "d2", name: null, added_at: "2026-11-12T09:00:00Z", is_this_session: false, is_current: true },
  ],
};

const region = (page: Page, name: string) => page.getByRole("region", { name });

for (const [width, height] of [
  [1440, 900],
  [390, 844],
] as const) {
  test(`what is told by which channel is chosen by keyboard, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/settings/notifications", {
      override: {
        "GET /api/notifications/devices": DEVICES,
        "POST /api/notifications/devices/test": {
          sent: false,
          detail: "The push service does not answer. Try again later.",
        },
        "PUT /api/notifications/choices": {
          browser: ["hot_lead", "reply"],
          pushed: ["hot_lead", "task_due"],
          quiet: { from: 18, to: 7 },
          hot_leads_always: true,
          rev: 1,
        },
      },
    });
    const devices = region(page, "Push notifications");
    await expect(devices.getByRole("listitem")).toHaveCount(2);
    await devices.getByRole("button", { name: "Send a test" }).press("Enter");
    await expect(devices.getByRole("alert")).toHaveText("The push service does not answer. Try again later.");
    const told = region(page, "Notify me about");
    await expect(told.getByRole("button", { name: "Save notifications" })).toBeDisabled();
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await told.getByLabel("Replies: Push").press("Space");
    await told.getByLabel("Task reminders: Push").press("Space");
    await told.getByLabel("From").selectOption("18");
    await told.getByLabel("Push hot leads in quiet hours, too").press("Space");
    const sent = page.waitForRequest((request) => request.method() === "PUT");
    await told.getByRole("button", { name: "Save notifications" }).press("Enter");
    expect((await sent).postDataJSON()).toEqual({
      browser: ["hot_lead", "reply"],
      pushed: ["hot_lead", "task_due"],
      quiet: { from: 18, to: 7 },
      hot_leads_always: true,
      rev: 0,
    });
    await expect(page.getByText("Notifications saved")).toBeVisible();
    expect(errors).toEqual([]);
  });
}
