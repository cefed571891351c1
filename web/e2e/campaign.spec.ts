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
  await expect(menu.getByRole("menuitem")).toHaveText(["Preview page", "Pause until a set time", "Clone", "Complete"]);
  expect(await violationsInBothThemes(page)).toEqual([]);
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Complete Clinics, autumn?" })).toBeVisible();
  expect(errors).toEqual([]);
});

test("the tag of whoever is enrolled stands in the bar, and is changed there", async ({ page }) => {
  const tagged = { ...(ANSWERS[GET] as object), lead_tag: "bristol-bath" };
  const { errors } = await openApp(page, "/campaigns/campaign_1", {
    override: { [GET]: tagged, "PATCH /api/campaigns/campaign_1": { ...tagged, lead_tag: "autumn" } },
  });
  await expect(page.getByText("Tags leads bristol-bath")).toBeVisible();
  await page.getByRole("button", { name: "Change tag" }).click();
  const dialog = page.getByRole("dialog", { name: "Tag of Clinics, autumn" });
  await expect(dialog.getByLabel("Tag")).toHaveValue("bristol-bath");
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  await dialog.getByLabel("Tag").fill("autumn");
  const asked = page.waitForRequest((r) => r.method() === "PATCH");
  await page.keyboard.press("Enter");
  expect((await asked).postDataJSON()).toMatchObject({ lead_tag: "autumn", rev: 2 });
  await expect(page.getByText("New leads are tagged autumn")).toBeVisible();
  await expect(dialog).toBeHidden();
  expect(errors).toEqual([]);
});
