// The loading, failed and empty states: nothing is wider than a phone, and axe finds nothing on one place of each kind, in
// light or dark, because all places of a kind are drawn by one component.
import { expect, type Page, test } from "@playwright/test";
import { NEVER } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const CAMPAIGN = "/campaigns/campaign_1";

/** By page: the answer that does not come, its contents, and what else is shown then. */
const PARTS: [path: string, answer: string, what: string, within?: string][] = [
  [CAMPAIGN, "GET /api/campaigns/campaign_1", "This campaign"],
  [CAMPAIGN, "GET /api/campaigns/campaign_1/variants", "The variants"],
  ["/queue", "GET /api/emails/bulk", "Bulk messages", "The queue"],
  ["/settings/mailboxes/account_1", "GET /api/settings/accounts/account_1", "The account"],
  ["/sequences/sequence_1", "GET /api/sequences/sequence_1", "This sequence"],
  ["/leads/lead_0", "GET /api/leads/lead_0", "This lead"],
  ["/leads/lead_0", "GET /api/leads/lead_0/timeline", "The timeline", "This lead"],
];

const sound = async (page: Page, place: number) => {
  if (place === 0) expect(await violationsInBothThemes(page)).toEqual([]);
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await overflow(page)).toBeLessThanOrEqual(0);
};

for (const [place, [path, answer, what, within = what]] of PARTS.entries()) {
  test(`${what} at ${path}, loading`, async ({ page }) => {
    await openApp(page, path, { override: { [answer]: NEVER } });
    await expect(page.getByRole("status", { name: `Loading ${within.toLowerCase()}` })).toBeVisible();
    await sound(page, place);
  });

  test(`${what} at ${path}, failed and asked again`, async ({ page }) => {
    const broken = (url: URL) => url.pathname === answer.slice("GET ".length);
    const json = { title: "Broken", status: 500, code: "internal", detail: "It broke." };
    await openApp(page, path, { failing: broken, problem: json });
    const told = page.getByRole("alert").filter({ hasText: `${what} did not load` });
    await expect(told).toBeVisible();
    await sound(page, place);
    const again = page.waitForRequest((r) => new URL(r.url()).pathname === answer.slice("GET ".length));
    await told.getByRole("button", { name: "Try again" }).focus();
    await page.keyboard.press("Enter");
    await again;
  });
}

const MISSING = [
  ["/leads/lead_0", "/api/leads/lead_0", "This lead"],
  ["/campaigns/campaign_1", "/api/campaigns/campaign_1", "This campaign"],
] as const;

for (const [place, [path, answer, what]] of MISSING.entries()) {
  test(`${what}, where there is none, is a page of its own`, async ({ page }) => {
    await openApp(page, path, { override: { [`GET ${answer}`]: undefined } });
    await expect(page.getByRole("heading", { name: `${what} does not exist` })).toBeVisible();
    await sound(page, place);
  });
}

const NOBODY = { items: [], total: 0 };

const EMPTY = [
  [
    "/queue",
    {
      "GET /api/settings/accounts": NOBODY,
      "GET /api/campaigns/held": NOBODY,
      "GET /api/emails/bulk": NOBODY,
    },
    ["Nothing can be sent yet", "No leads held", "No bulk messages yet"],
  ],
  [
    CAMPAIGN,
    {
      "GET /api/campaigns/campaign_1/enrolments": NOBODY,
      "GET /api/campaigns/campaign_1/variants": { leads_per_variant: 1000, proposed_leads: 797, steps: [] },
    },
    ["No leads in this campaign yet", "Every step has one text."],
  ],
  [`${CAMPAIGN}/simulation`, { "GET /api/campaigns/campaign_1/simulation": undefined }, ["Not simulated yet"]],
  ["/sequences", { "GET /api/sequences": NOBODY }, ["No sequences yet"]],
] as const;

for (const [place, [path, override, words]] of EMPTY.entries()) {
  test(`${path}, empty`, async ({ page }) => {
    const { errors } = await openApp(page, path, { override });
    for (const word of words) await expect(page.getByText(word)).toBeVisible();
    await sound(page, place);
    expect(errors).toEqual([]);
  });
}

test("a page whose code does not come is told of in its place, and opens once the server answers", async ({ page }) => {
  await openApp(page, "/leads", {});
  const code = /templates-page-.*\.js$/;
  await page.route(code, (route) => route.abort());
  await page.route("**/boot.js", (route) => route.abort());
  await page.getByRole("link", { name: "Templates" }).first().click();
  await expect(page.getByRole("heading", { name: "Could not load this page" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Inbox" }).first()).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Could not load this page" })).toBeVisible();
  await page.unroute(code);
  await page.unroute("**/boot.js");
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect(page.getByRole("heading", { name: "Templates" })).toBeVisible();
});
