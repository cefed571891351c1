// Deals: on the lead's page, on the board, and in the health of the pipeline.
import { expect, type Page, test } from "@playwright/test";
import { ANSWERS, SESSION } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";
import { withDeals } from "./deals-answer";

const BOARD = withDeals(ANSWERS["GET /api/leads/board"] as Parameters<typeof withDeals>[0]);
const DEAL = (ANSWERS["GET /api/leads/lead_0/deals"] as { items: object[] }).items[0] as object;

/** Answers one kind of request, and keeps what was sent. */
async function takes(page: Page, method: string, path: string, answer: object) {
  const bodies: unknown[] = [];
  await page.route(`**${path}`, async (route) => {
    if (route.request().method() !== method) return route.fallback();
    bodies.push(route.request().postDataJSON());
    await route.fulfill({ json: answer });
  });
  return bodies;
}

/** The parts below the facts are fetched once the user acts. */
async function openLead(page: Page) {
  const opened = await openApp(page, "/leads/lead_0");
  await page.mouse.move(300, 20);
  const deals = page.getByRole("region", { name: "Deals" });
  await expect(deals.getByText("Booking page")).toBeVisible();
  return { ...opened, deals };
}

test("a deal is added with the keyboard, and a fault is named before it is sent", async ({ page }) => {
  const { deals, errors } = await openLead(page);
  const sent = await takes(page, "POST", "/api/leads/lead_0/deals", DEAL);
  await deals.getByRole("button", { name: "Add deal" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: /^New deal with/ });
  await dialog.getByLabel("Name").fill("Second site");
  await dialog.getByLabel("Value").fill("many");
  await dialog.getByLabel("Currency").fill("eur");
  await dialog.getByLabel("Close date").fill("2026-12-31");
  await page.keyboard.press("Enter");
  await expect(dialog.getByText("An amount such as 1200 or 1200.50.")).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await dialog.getByLabel("Value").fill("1,200.50");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Deal added")).toBeVisible();
  const new_deal = { name: "Second site", amount_minor: 120_050, currency: "EUR", close_on: "2026-12-31" };
  expect(sent).toEqual([new_deal]);
  expect(errors).toEqual([]);
});

test("a deal is edited in its place, won, and lost for a reason", async ({ page }) => {
  const { deals } = await openLead(page);
  const row = deals.getByRole("listitem", { name: "Deal Booking page" });
  const changes = await takes(page, "PATCH", "/api/deals/deal_0", DEAL);
  await row.getByRole("button", { name: /^Value/ }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("950");
  await page.keyboard.press("Enter");
  await expect.poll(() => changes).toEqual([{ amount_minor: 95_000 }]);
  const won = page.waitForRequest((r) => r.url().endsWith("/api/deals/deal_0/win"));
  await takes(page, "POST", "/api/deals/deal_0/win", DEAL);
  await row.getByRole("button", { name: "Won: Booking page" }).click();
  await won;
  const lost = await takes(page, "POST", "/api/deals/deal_0/lose", DEAL);
  await row.getByRole("button", { name: "Lost: Booking page" }).click();
  await page
    .getByRole("dialog", { name: "Why is Booking page lost?" })
    .getByRole("button", { name: /Too early/ })
    .click();
  await expect.poll(() => lost).toEqual([{ lost_reason: "too_early" }]);
  const closed = deals.getByRole("listitem", { name: "Deal Printed cards" });
  await expect(closed).toContainText("Too expensive");
  await expect(closed.getByRole("button", { name: "Reopen: Printed cards" })).toBeVisible();
});

test("each column of the board says what its deals come to, and a moved card has them summed anew", async ({
  page,
}) => {
  await openApp(page, "/leads?layout=board", {
    override: { "GET /api/leads/board": BOARD, "PATCH /api/leads/lead_7": ANSWERS["GET /api/leads/lead_0"] },
  });
  const column = (name: string) => page.locator(`section[aria-label="Stage ${name}"]`);
  await expect(column("Qualified")).toContainText("€12,400 · 7 deals");
  await expect(column("New")).toContainText("No deals");
  expect(await overflow(page)).toBe(0);
  expect(await violationsInBothThemes(page)).toEqual([]);
  const again = page.waitForRequest((r) => r.url().includes("/api/leads/board"));
  await page.locator('[data-card="lead_7"]').focus();
  await page.keyboard.press("Shift+ArrowRight");
  await again;
});

test("the pipeline's health is reached from the board, with forecast, stages and ages", async ({ page }) => {
  const { errors } = await openApp(page, "/leads?layout=board", { override: { "GET /api/leads/board": BOARD } });
  await page.getByRole("main").getByRole("link", { name: "Pipeline" }).click();
  await expect(page.getByText("weighted, of €4,500 · 4 deals")).toBeVisible();
  await expect(page.getByText("of €6,300 won in the last three months")).toBeVisible();
  const forecast = page.getByRole("region", { name: "Forecast" });
  await expect(forecast.getByRole("row", { name: /November/ })).toContainText("€2,300");
  await expect(forecast.getByRole("row", { name: /November/ })).toContainText("€1,200");
  const stages = page.getByRole("region", { name: "Stages", exact: true });
  await expect(stages.getByRole("row", { name: /Replied/ })).toContainText("19 of 30, 63.3%");
  await expect(page.getByRole("list", { name: "Stale leads by stage" })).toContainText("Qualified");
  expect(await overflow(page)).toBe(0);
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test("a rep who sees own leads has their forecast, and no figures of the workspace", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (r) => asked.push(new URL(r.url()).pathname));
  const session = { ...SESSION, user: { ...SESSION.user, role: "rep" }, sees: "own" };
  await openApp(page, "/pipeline", {
    override: { "POST /api/auth/refresh": session, "GET /api/auth/me": session },
  });
  await expect(page.getByRole("region", { name: "Forecast" })).toContainText("deals of your leads");
  await expect(page.getByRole("region", { name: "Stages", exact: true })).toHaveCount(0);
  expect(asked).not.toContain("/api/pipeline/health");
});
