// Push to a device while the app is closed: chosen in the settings over recorded answers, and against a running installation
// from the click in the settings to what the push service of the sandbox takes for a hot lead.
import { expect, type Page, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";
import { sandbox, silent, url, visit } from "./live";
import { leadBrowser, openWorkspace, PASSWORD, viewPreview } from "./morning";

const STAMP = Date.now();
const PUSHED = { timeout: 60_000 };
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

interface Push {
  endpoint: string;
  text: string | null;
  urgency: string;
}

const region = (page: Page, name: string) => page.getByRole("region", { name });

/**
 * Lets the browser be subscribed at the sandbox's push service: the headless browser has none, and denies notifications. The
 * service worker is the real one.
 */
async function allowPush(page: Page) {
  await page.exposeFunction("subscribeAtSandbox", async (key: string) => {
    const answer = await page.request.post(`${sandbox()}/push`, { data: { server_key: key } });
    return answer.json();
  });
  await page.addInitScript(() => {
    Object.defineProperty(Notification, "permission", { get: () => "granted" });
    Notification.requestPermission = async () => "granted";
    const ask = (window as unknown as { subscribeAtSandbox: (key: string) => Promise<Record<string, string>> })
      .subscribeAtSandbox;
    let known: unknown = null;
    Object.assign(PushManager.prototype, {
      getSubscription: async () => known,
      subscribe: async ({ applicationServerKey }: { applicationServerKey: Uint8Array<ArrayBuffer> }) => {
        const text = btoa(String.fromCharCode(...applicationServerKey));
        const key = text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
        const { endpoint, p256dh, auth } = await ask(key);
        known = {
          endpoint,
          options: { applicationServerKey: applicationServerKey.buffer },
          toJSON: () => ({ endpoint, keys: { p256dh, auth } }),
          unsubscribe: async () => {
            known = null;
            return true;
          },
        };
        return known;
      },
    });
  });
}

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
    const told = region(page, "What you are told");
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

test.describe("against a running installation", () => {
  test.skip(!url, "no running installation is named");

  test("a hot lead is pushed to a device that its owner has added, and to none that is removed", async ({
    page,
    browser,
  }) => {
    test.setTimeout(180_000);
    const errors = silent(page);
    await allowPush(page);
    const { login, api } = await openWorkspace(page, `web-push-${STAMP}`);
    await visit(page, "/sign-in");
    await page.getByLabel("E-mail").fill(login.email);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("heading", { name: "Today" })).toBeVisible();

    await visit(page, "/settings/notifications");
    const told = region(page, "What you are told");
    await told.getByLabel(/^Quiet hours/).press("Space");
    await told.getByRole("button", { name: "Save notifications" }).click();
    await expect(page.getByText("Notifications saved")).toBeVisible();
    const devices = region(page, "Push notifications");
    await devices.getByRole("button", { name: "Notify me on this device" }).click();
    await expect(devices.getByRole("listitem")).toContainText("This device");

    const taken = async (): Promise<Push[]> => (await page.request.get(`${sandbox()}/push`)).json();
    const before = (await taken()).length;
    await devices.getByRole("button", { name: "Send a test" }).click();
    await expect(page.getByText("The test is on its way")).toBeVisible();
    const tried = (await taken())[before];
    expect(JSON.parse(tried?.text ?? "{}")).toMatchObject({ path: "/settings/notifications" });

    const email = `cora+silent@web-push-${STAMP}.example`;
    const lead = await api.post("/api/leads", { first_name: "Cora", last_name: "Payer", email });
    const { url: address } = await api.get<{ url: string }>(`/api/leads/${lead.id}/preview`);
    const visitor = await leadBrowser(browser);
    for (let visits = 0; visits < 3; visits++) await viewPreview(visitor, address);
    const hot = async () => (await taken()).filter((push) => push.text?.includes(`/leads/${lead.id}`));
    await expect.poll(async () => (await hot()).length, PUSHED).toBe(1);
    const [push] = await hot();
    expect(push).toMatchObject({ endpoint: tried?.endpoint, urgency: "high" });
    expect(JSON.parse(push?.text ?? "{}")).toMatchObject({
      title: "Cora Payer turned hot",
      path: `/leads/${lead.id}`,
    });

    await devices.getByRole("button", { name: /^Remove .*this device/ }).click();
    await expect(devices.getByRole("button", { name: "Notify me on this device" })).toBeVisible();
    const { devices: left } = await api.get<{ devices: object[] }>("/api/notifications/devices");
    expect(left).toEqual([]);
    await visitor.close();
    expect(errors).toEqual([]);
  });
});
