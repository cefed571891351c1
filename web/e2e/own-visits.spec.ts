// Visits of team members to a lead's page are not counted: the app's links carry a mark, which the page's script keeps.
import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { openApp } from "./app";

const SCRIPT = readFileSync(new URL("../../functions/tracking/src/page.js", import.meta.url), "utf8");
const PAGE = "https://public.invalid/preview/token";

/** The public page as the server writes it, reduced to what counting needs. */
async function openPreview(page: Page, address: string) {
  const told: string[] = [];
  await page.route("https://public.invalid/**", async (route) => {
    const request = route.request();
    if (request.url().endsWith("/page.js")) return route.fulfill({ contentType: "text/javascript", body: SCRIPT });
    if (request.url().endsWith("/api/preview/track")) {
      told.push(request.postDataJSON().event);
      return route.fulfill({ status: 204 });
    }
    const body =
      '<body data-preview-token="token"><a href="#more" data-cta="book">Book</a><script src="/page.js"></script>';
    return route.fulfill({ contentType: "text/html", body });
  });
  await page.goto(address);
  return told;
}

test("a visit by the link that a mail has is counted", async ({ page }) => {
  const told = await openPreview(page, PAGE);
  await expect.poll(() => told).toContain("view");
  await page.getByText("Book").click();
  await expect.poll(() => told).toContain("cta");
});

test("a visit by the app's own link is not, nor is what is pressed there or opened anew in that tab", async ({
  page,
}) => {
  const told = await openPreview(page, `${PAGE}#own`);
  expect(new URL(page.url()).hash).toBe("");
  await page.getByText("Book").click();
  await page.reload();
  await page.getByText("Book").click();
  await page.goto("about:blank");
  expect(told).toEqual([]);
});

test("the app opens a lead's page by its own link", async ({ page }) => {
  const preview = { url: PAGE, revoked: false, expires_at: "2026-12-24T09:00:00Z" };
  await openApp(page, "/leads/lead_0", { override: { "GET /api/leads/lead_0/preview": preview } });
  await expect(page.getByRole("link", { name: "Open", exact: true })).toHaveAttribute("href", `${PAGE}#own`);
});
