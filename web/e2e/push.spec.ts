// Push: a page reads anew what it is told of, polls where there is no connection, and notifies through the browser.
import { expect, type Page, type Request, test, type WebSocketRoute } from "@playwright/test";
import { NOW } from "./answers";
import { openApp } from "./app";

const SOCKET = "wss://push.invalid/live";
const TICKET = { "POST /api/notifications/push-tickets": { url: `${SOCKET}?ticket=t`, valid_seconds: 30 } };

/** The connection that the page opens once the user acts. */
async function connect(page: Page, act: () => Promise<void>): Promise<WebSocketRoute> {
  const opened = new Promise<WebSocketRoute>((done) => void page.routeWebSocket(`${SOCKET}**`, done));
  await act();
  await page.mouse.move(20, 20);
  return opened;
}

const isList = (request: Request) => request.url().includes("/api/inbox?") && request.url().includes("folder=open");

/** How often the page has read its list. */
function reads(page: Page) {
  const counted = { count: 0 };
  page.on("request", (request) => {
    if (isList(request)) counted.count += 1;
  });
  return counted;
}

test("a page reads within a second what it is told of, nothing for what it does not show, and does not poll", async ({
  page,
}) => {
  await page.clock.install();
  const list = reads(page);
  const socket = await connect(page, async () => void (await openApp(page, "/inbox", { override: TICKET })));
  // It reads all that it shows when it has connected.
  await page.clock.runFor(2_000);
  await page.waitForLoadState("networkidle");
  const before = list.count;
  socket.send(JSON.stringify({ topics: ["inbox"] }));
  await expect.poll(() => list.count, { timeout: 1_000 }).toBe(before + 1);
  socket.send(JSON.stringify({ topics: ["revenue"] }));
  await page.clock.runFor(8_000);
  expect(list.count).toBe(before + 1);
});

test("a page whose connection is refused polls", async ({ page }) => {
  const list = reads(page);
  await page.routeWebSocket(`${SOCKET}**`, (socket) => void socket.close());
  await openApp(page, "/inbox", { override: TICKET });
  await page.mouse.move(20, 20);
  await expect.poll(() => list.count, { timeout: 20_000 }).toBeGreaterThan(3);
});

test("a hidden page notifies of a reply through the browser once the user has turned that on", async ({ page }) => {
  await page.addInitScript(() => {
    const shown: string[] = [];
    Object.assign(window, { shown, away: false });
    Object.defineProperty(document, "hidden", { get: () => (window as unknown as { away: boolean }).away });
    // The headless browser denies every notification: this one is permitted, and notes what is shown.
    class Shown {
      static permission = "granted";
      static requestPermission = async () => "granted";
      onclick?: () => void;
      constructor(title: string) {
        shown.push(title);
        Object.assign(window, { last: this });
      }
      close() {}
    }
    Object.assign(window, { Notification: Shown });
  });
  const items: object[] = [];
  const override: Record<string, unknown> = { ...TICKET, "GET /api/notifications": { items, unread: 0 } };
  const socket = await connect(page, async () => void (await openApp(page, "/settings/notifications", { override })));
  await page.getByRole("button", { name: "Turn on notifications" }).click();
  await expect(page.getByRole("button", { name: "Turn off notifications" })).toBeVisible();
  items.unshift({
    id: "n9",
    kind: "reply",
    title: "Elena Marsh replied",
    detail: "Yes",
    lead_id: "lead_0",
    created_at: NOW,
  });
  await page.evaluate(() => Object.assign(window, { away: true }));
  socket.send(JSON.stringify({ topics: ["notifications"] }));
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { shown: string[] }).shown))
    .toEqual(["Elena Marsh replied"]);
  await page.evaluate(() => {
    Object.assign(window, { away: false });
    (window as unknown as { last: Notification }).last.onclick?.(new Event("click"));
  });
  await expect(page).toHaveURL(/\/leads\/lead_0/);
});
