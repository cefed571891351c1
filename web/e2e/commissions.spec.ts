// Commissions: what each member earned, the rates, the credits of a client, a closed month, and what a rep sees.
import { expect, type Page, test } from "@playwright/test";
import { ANSWERS, SESSION } from "./answers";
import { openApp } from "./app";
import { violations } from "./axe";

const PAGE = "/revenue/commissions";

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

test("the month shows who earned what, and opens their payments", async ({ page }) => {
  const { errors } = await openApp(page, PAGE);
  const earnings = page.getByRole("region", { name: "Earnings" });
  await expect(earnings.getByRole("row", { name: /Maya Okafor/ })).toContainText("15 %");
  await expect(earnings.getByRole("row", { name: /Tom Asher/ })).toContainText("€9.90 + £650");
  await expect(earnings.getByRole("row", { name: /Nobody yet/ })).toContainText("£49");
  await earnings.getByRole("button", { name: "Tom Asher" }).click();
  const lines = page.getByRole("region", { name: "Payments of Tom Asher" });
  await expect(lines.getByRole("row", { name: /Ashgrove Physio/ }).first()).toContainText("£47.40 (60 %)");
  expect(await violations(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test("a month that is over is closed after a question", async ({ page }) => {
  const open = ANSWERS["GET /api/commissions"] as object;
  await openApp(page, `${PAGE}?month=2026-01`, {
    override: { "GET /api/commissions": { ...open, month: "2026-01", can_be_closed: true } },
  });
  const closed = { ...open, month: "2026-01", closed_at: "2026-02-02T09:00:00Z" };
  const bodies = await takes(page, "POST", "/api/commissions/close", closed);
  await page.getByRole("button", { name: "Close January" }).click();
  const dialog = page.getByRole("dialog", { name: "Close January 2026?" });
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Close January" }).click();
  await expect(page.getByText("January 2026 is closed")).toBeVisible();
  expect(bodies).toEqual([{ month: "2026-01" }]);
});

test("rates are typed as percentages, and a fault is named before they are sent", async ({ page }) => {
  await openApp(page, PAGE);
  const plan = ANSWERS["GET /api/commissions/plan"] as object;
  const bodies = await takes(page, "PUT", "/api/commissions/plan", { ...plan, rev: 3 });
  await page.getByRole("button", { name: "Rates" }).click();
  const dialog = page.getByRole("dialog", { name: "Rates of commissions" });
  const first = dialog.getByRole("group", { name: "Everybody" });
  await first.getByLabel("Rate 1, %").fill("120");
  await dialog.getByRole("button", { name: "Save rates" }).click();
  await expect(first.getByRole("alert")).toHaveText("Enter a rate from 0 to 100, such as 12.5.");
  expect(await violations(page)).toEqual([]);
  await first.getByLabel("Rate 1, %").fill("8.5");
  await dialog.getByRole("button", { name: "Save rates" }).click();
  await expect(page.getByText("Rates saved")).toBeVisible();
  expect(bodies).toEqual([
    {
      tiers: [
        { from_minor: 0, basis_points: 850 },
        { from_minor: 500000, basis_points: 1250 },
      ],
      own: [{ user: "user_1", tiers: [{ from_minor: 0, basis_points: 1500 }] }],
      rev: 2,
    },
  ]);
});

test("a client's money is shared, and the shares must be 100 percent", async ({ page }) => {
  await openApp(page, "/clients/client_1");
  const { client } = ANSWERS["GET /api/clients/client_1"] as { client: object };
  const bodies = await takes(page, "PUT", "/api/clients/client_1/credits", { ...client, rev: 5 });
  const credited = page.getByRole("region", { name: "Credited to" });
  await expect(credited).toContainText("Maya Okafor 60 %, Tom Asher 40 %");
  await credited.getByRole("button", { name: "Change" }).click();
  const dialog = page.getByRole("dialog", { name: "Who is credited with Ashgrove Physio?" });
  await dialog.getByLabel("Share, %").first().fill("70");
  await dialog.getByRole("button", { name: "Save credits" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("The shares are 110 percent together. They must be 100.");
  expect(await violations(page)).toEqual([]);
  await dialog.getByLabel("Share, %").nth(1).fill("30");
  await dialog.getByRole("button", { name: "Save credits" }).click();
  await expect(page.getByText("Credits saved")).toBeVisible();
  expect(bodies).toEqual([
    {
      credits: [
        { user: "user_1", percent: 70 },
        { user: "user_2", percent: 30 },
      ],
      rev: 4,
    },
  ]);
});

test("a rep sees their own earnings, and neither rates nor closing", async ({ page }) => {
  const session = { ...SESSION, user: { ...SESSION.user, id: "user_2", role: "rep" } };
  const all = ANSWERS["GET /api/commissions"] as { earnings: { user: string }[] };
  const own = { ...all, earnings: all.earnings.filter((one) => one.user === "user_2"), not_credited: [] };
  const override = {
    "POST /api/auth/refresh": session,
    "GET /api/auth/me": session,
    "GET /api/commissions": own,
  };
  await openApp(page, PAGE, { override });
  await expect(page.getByText("Collected from your clients")).toBeVisible();
  await expect(page.getByText("10 %, 12.5 % above £5,000")).toBeVisible();
  await expect(page.getByRole("region", { name: "Payments", exact: true })).toContainText("Ashgrove Physio");
  await expect(page.getByRole("button", { name: "Rates" })).toHaveCount(0);
  expect(await violations(page)).toEqual([]);
});
