// A simulation's calendar, and one lead found in it with all messages that they would get.
import { expect, type Page, test } from "@playwright/test";
import { ANSWERS } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const PATH = "/campaigns/campaign_1/simulation";

test("the days as a calendar, and one person with all they would get", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (r) => {
    if (r.url().includes("/simulation/people?q=")) asked.push(new URL(r.url()).searchParams.get("q") ?? "");
  });
  const { errors } = await openApp(page, PATH);
  const calendar = page.getByRole("region", { name: "Calendar" });
  await expect(calendar.getByRole("columnheader")).toHaveCount(7);
  await expect(calendar.getByText("of 40").first()).toBeVisible();
  await page.getByRole("searchbox", { name: "Name or e-mail" }).fill("elena");
  const elena = page.getByRole("article", { name: "Elena Marsh" });
  await elena.getByRole("button", { name: "Read 1 E-mail to Elena Marsh" }).click();
  await expect(elena.getByText("your guests praise the garden")).toBeVisible();
  await expect(elena.getByText(/from Maya's mailbox/)).toBeVisible();
  await expect(elena.getByText("no phone number")).toBeVisible();
  expect(asked).toEqual(["elena"]);
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  expect(errors).toEqual([]);
});

/** The texts in one picture that overlap. */
const overlapping = (page: Page) =>
  page
    .getByRole("img", { name: /^Messages per week/ })
    .filter({ visible: true })
    .evaluate((svg) => {
      const boxes = [...svg.querySelectorAll("text")].map((t) => t.getBoundingClientRect());
      const over = (a: DOMRect, b: DOMRect) =>
        a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
      return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => over(a, b))).length;
    });

test("a year of messages is told by the week, and stays readable on a phone", async ({ page }) => {
  const recorded = ANSWERS[`GET /api${PATH}`] as { result: { senders: { days: unknown[] }[] } };
  const days = Array.from({ length: 250 }, (_, i) => ({
    day: new Date(Date.parse("2026-11-17") + Math.round(i * 1.4) * 86_400_000).toISOString().slice(0, 10),
    messages: 140 - (i % 90),
    allowed: 140,
  }));
  const result = { ...recorded.result, senders: [{ ...recorded.result.senders[0], days }] };
  const { errors } = await openApp(page, PATH, { override: { [`GET /api${PATH}`]: { ...recorded, result } } });
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    const picture = page.getByRole("img", { name: /^Messages per week/ }).filter({ visible: true });
    expect((await picture.getAttribute("aria-label"))?.length).toBeLessThan(160);
    expect(await overlapping(page)).toBe(0);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  const calendar = page.getByRole("region", { name: "Calendar" });
  await expect(calendar.getByText("16 Nov 2026")).toBeVisible();
  await calendar.getByRole("button", { name: "Show all 51 weeks" }).click();
  await expect(calendar.getByText("1 Jan 2027")).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(errors).toEqual([]);
});
