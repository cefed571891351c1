// A simulation's calendar, and one person found in it with everything that they would get.
import { expect, test } from "@playwright/test";
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
  await expect(elena.getByText("your guests praise the garden")).toBeVisible();
  await expect(elena.getByText(/from Maya's mailbox/)).toBeVisible();
  await expect(elena.getByText("no number")).toBeVisible();
  expect(asked).toEqual(["elena"]);
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  expect(errors).toEqual([]);
});
