// A phone by the thumb: in Calls the next lead, WhatsApp and the call by a swipe; in the inbox Done, in the list a message; and the
// app can be installed.
import { expect, type Page, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";
import { quickActions, swipe } from "./touch";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

const lead = (page: Page, name: string) => page.getByRole("heading", { level: 2, name });

test("swipes lead to the next lead, to WhatsApp and to the call", async ({ page }) => {
  const { errors } = await openApp(page, "/calls");
  await expect(lead(page, "Owen Pryce")).toBeVisible();
  await page.evaluate(() => {
    window.open = (url) => {
      document.title = String(url);
      return null;
    };
  });
  await swipe(quickActions(page), 140, 10);
  await expect(page).toHaveTitle("https://wa.me/441174960142");
  // Too short a way does nothing.
  await swipe(quickActions(page), -30, 0);
  await expect(lead(page, "Owen Pryce")).toBeVisible();
  await swipe(quickActions(page), -140, 10);
  await expect(lead(page, "Marcus Hale")).toBeVisible();
  expect(errors).toEqual([]);
});

test("the bar fits the screen, and its buttons do the same", async ({ page }) => {
  await openApp(page, "/calls");
  const bar = page.getByRole("region", { name: "Quick actions" });
  await expect(bar.getByRole("link", { name: "Call" })).toHaveAttribute("href", "tel:+441174960142");
  await expect(bar.getByRole("link", { name: "WhatsApp" })).toHaveAttribute("href", "https://wa.me/441174960142");
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect(await violationsInBothThemes(page)).toEqual([]);
  await bar.getByRole("button", { name: "Next" }).click();
  await expect(lead(page, "Marcus Hale")).toBeVisible();
});

test("a conversation swiped to the left is done, and comes back by undo", async ({ page }) => {
  const moved: string[] = [];
  const { errors } = await openApp(page, "/inbox", {
    override: { "POST /api/inbox/lead_2/done": {}, "POST /api/inbox/lead_2/reopen": {} },
  });
  page.on("request", (r) => {
    const { pathname } = new URL(r.url());
    if (pathname.startsWith("/api/inbox/lead_2/")) moved.push(pathname.slice("/api/inbox/lead_2/".length));
  });
  const list = page.getByRole("list", { name: "Conversations" });
  const first = list.getByRole("button").first();
  await expect(page.getByText("Swipe a conversation left when it is done")).toBeVisible();
  await swipe(first, -40, 0);
  await swipe(first, 0, -200);
  expect(moved).toEqual([]);
  await swipe(first, -140, 6);
  await expect(page.getByText(/marked as done$/)).toBeVisible();
  await expect(page.getByText("Swipe a conversation left when it is done")).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => moved).toEqual(["done", "reopen"]);
  await expect(page).toHaveURL(/\/inbox$/);
  expect(errors).toEqual([]);
});

test("a lead of the list swiped to the left is written to", async ({ page }) => {
  const { errors } = await openApp(page, "/leads");
  const card = page.getByRole("row").first().getByRole("link");
  await expect(page.getByText("Swipe a lead right to call, left to write")).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await swipe(card, -140, 6);
  await expect(page).toHaveURL(/\/leads\/lead_\d+#write$/);
  await expect(page.getByRole("textbox", { name: "Message" })).toBeVisible();
  expect(errors).toEqual([]);
});

test("the app can be installed: its manifest names icons that exist", async ({ page }) => {
  await openApp(page, "/calls");
  const href = await page.locator('link[rel="manifest"]').getAttribute("href");
  const manifest = await page.evaluate(async (path) => (await fetch(path)).json(), href ?? "");
  expect(manifest).toMatchObject({ display: "standalone", start_url: "/" });
  for (const icon of manifest.icons) {
    const size = await page.evaluate(async (src) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, icon.src);
    expect(size).toBe(icon.sizes);
  }
});
