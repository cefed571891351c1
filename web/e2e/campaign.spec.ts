// A campaign's bar: its whole name, its state, and everything that can be done with it.
import { expect, test } from "@playwright/test";
import { ANSWERS } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const GET = "GET /api/campaigns/campaign_1";
const NAME = "Dental practices and orthodontists in the south-west of England, second wave";

for (const width of [1440, 700]) {
  test(`a long name is not cut, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    const { errors } = await openApp(page, "/campaigns/campaign_1", {
      override: { [GET]: { ...(ANSWERS[GET] as object), name: NAME } },
    });
    const title = page.getByRole("heading", { level: 1, name: NAME });
    await expect(title).toBeVisible();
    const cut = await title.evaluate((h) => h.scrollHeight > h.clientHeight || h.scrollWidth > h.clientWidth);
    expect(cut).toBe(false);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(errors).toEqual([]);
  });
}

test("what is done rarely stands in a menu, open by key", async ({ page }) => {
  const { errors } = await openApp(page, "/campaigns/campaign_1");
  await expect(page.getByText(/^Active since/).first()).toBeVisible();
  const more = page.getByRole("button", { name: "More" });
  await more.focus();
  await page.keyboard.press("Enter");
  const menu = page.getByRole("menu");
  await expect(menu.getByRole("menuitem")).toHaveText(["Pause until a time", "Clone", "Complete"]);
  expect(await violationsInBothThemes(page)).toEqual([]);
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Complete Clinics, autumn?" })).toBeVisible();
  expect(errors).toEqual([]);
});
