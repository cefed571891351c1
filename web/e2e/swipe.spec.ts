// The calls page at phone width, by the thumb: the next lead, WhatsApp and the call by a swipe; and the app can be installed.
import { expect, type Page, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";
import { swipe } from "./touch";

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
  await swipe(page, 140, 10);
  await expect(page).toHaveTitle("https://wa.me/441174960142");
  // Too short a way does nothing.
  await swipe(page, -30, 0);
  await expect(lead(page, "Owen Pryce")).toBeVisible();
  await swipe(page, -140, 10);
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
