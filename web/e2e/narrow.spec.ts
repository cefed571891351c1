// Narrow screens: at 320 px nothing scrolls sideways, neither the page nor a part of it, and a title breaks between
// words; at 1,280 px it takes one line.
import { expect, type Page, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow } from "./axe";

/** The elements that scroll sideways inside the page, by name. */
const sideways = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("main *, [role=dialog] *")]
      .filter((e) => /auto|scroll/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1)
      .map((e) => `${e.getAttribute("aria-label") ?? e.className}: ${e.scrollWidth} of ${e.clientWidth}`),
  );

const PLACES: [name: string, path: string, open?: (page: Page) => Promise<unknown>][] = [
  ["campaign", "/campaigns/campaign_1"],
  [
    "why",
    "/campaigns/campaign_1",
    async (page) => {
      await page.getByRole("button", { name: "Why, for Elena Marsh" }).click();
      await page.getByRole("dialog").waitFor();
    },
  ],
  ["simulation", "/campaigns/campaign_1/simulation"],
  ["queue", "/queue"],
  ["mailbox", "/settings/mailboxes/account_1"],
  ["lead", "/leads/lead_0"],
  [
    "why of a lead",
    "/leads/lead_0",
    async (page) => {
      await page.keyboard.press("w");
      await page.getByRole("dialog").waitFor();
    },
  ],
  ["sequence", "/sequences/sequence_1"],
  [
    "step",
    "/sequences/sequence_1",
    (page) =>
      page
        .getByRole("button", { name: /^E-mail/ })
        .first()
        .click(),
  ],
  [
    "versions",
    "/sequences/sequence_1",
    (page) =>
      page
        .getByText(/^Versions/)
        .first()
        .click(),
  ],
  [
    "publishing",
    "/sequences/sequence_1",
    async (page) => {
      await page.getByLabel("Name").fill("Clinic preview, shorter");
      await page.keyboard.press("Control+s");
      await page.getByRole("dialog").getByRole("table").waitFor();
    },
  ],
];

for (const [name, path, open] of PLACES) {
  test(`${name}, 320 wide`, async ({ page }) => {
    await page.setViewportSize({ width: 320, height: 640 });
    const { errors } = await openApp(page, path);
    await open?.(page);
    await expect(page.getByRole("heading").first()).toBeAttached();
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(await sideways(page)).toEqual([]);
    const broken = await page.evaluate(() => {
      const title = document.querySelector("h1");
      return !!title && title.scrollWidth > title.clientWidth;
    });
    expect(broken).toBe(false);
    expect(errors).toEqual([]);
  });
}

for (const [path, title, width] of [
  ["/campaigns/campaign_1", "Clinics, autumn", 1280],
  ["/settings/mailboxes/account_1", "Maya's mailbox", 1280],
  ["/sequences/sequence_1", "Clinic preview", 1280],
  ["/", "Today", 1024],
  ["/leads", "Leads", 1024],
  ["/leads/columns", "AI columns", 1024],
  ["/leads/lead_0", "Elena Marsh", 1024],
  ["/companies", "Companies", 1024],
  ["/calls", "Calls", 1024],
  ["/inbox", "Inbox", 1024],
  ["/pipeline", "Pipeline", 1024],
  ["/campaigns", "Campaigns", 1024],
  ["/campaigns/campaign_1", "Clinics, autumn", 1024],
  ["/sequences/sequence_1", "Clinic preview", 1024],
  ["/templates", "Templates", 1024],
  ["/revenue", "Revenue", 1024],
  ["/queue", "Queue", 1024],
  ["/settings/mailboxes/account_1", "Maya's mailbox", 1024],
] as const) {
  test(`${title} takes one line, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await openApp(page, path);
    const heading = page.getByRole("heading", { level: 1, name: title });
    const lines = await heading.evaluate((h) => h.clientHeight / Number.parseFloat(getComputedStyle(h).lineHeight));
    expect(Math.round(lines)).toBe(1);
  });
}

test("on a phone Today begins with what is to be done, and the figures follow", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openApp(page, "/");
  const due = await page.getByRole("region", { name: "Due", exact: true }).boundingBox();
  const sent = await page.getByText("Sent, 7 days").boundingBox();
  if (!due || !sent) throw new Error("Today shows no tasks or no figures");
  expect(due.y).toBeLessThan(300);
  expect(sent.y).toBeGreaterThan(due.y);
});

test("on a phone the row of filters ends within the screen", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openApp(page, "/leads");
  const layout = await page.getByRole("group", { name: "Layout" }).boundingBox();
  expect(layout && layout.x + layout.width).toBeLessThanOrEqual(390);
});
