// The journeys through a running installation that go with web-push.spec.ts.
import { expect, type Page, test } from "@playwright/test";
import { sandbox, silent, url, visit } from "./live";
import { leadBrowser, openWorkspace, PASSWORD, viewPreview } from "./morning";

const STAMP = Date.now();
const PUSHED = { timeout: 60_000 };
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
    const told = region(page, "Notify me about");
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
