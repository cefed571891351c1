// Ideal customer profiles: one is made while its counts move, it ranks the leads with reasons, and lists go by its fit.
import { expect, type Page, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const SIZES = [
  [1440, 900],
  [1024, 800],
  [390, 844],
  [320, 640],
] as const;

const sound = async (page: Page) => {
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
};

const rules = (page: Page) => page.getByRole("list", { name: "Rules" });
const weights = (page: Page) => page.getByRole("list", { name: "Weights" });
const save = (page: Page) => page.getByRole("button", { name: /^Save version/ }).filter({ visible: true });

for (const [width, height] of SIZES) {
  test(`an ICP is read, edited and saved, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/icp/icp_1");
    await expect(rules(page).getByText("5,247")).toBeVisible();
    await expect(weights(page).getByText("437")).toBeVisible();
    await expect(page.getByText("Just outside: Country is NL; asked for: Country is GB or IE")).toBeVisible();
    await sound(page);
    await page.getByRole("button", { name: /^Rule 2: Rating 3 to 5/ }).click();
    await expect(page.getByText("Not known about 412 of them:")).toBeVisible();
    await page.getByRole("button", { name: "Leave out" }).click();
    await sound(page);
    const counted = page.waitForRequest((r) => r.url().endsWith("/api/icp/preview"));
    await page.getByLabel("Value of condition 2").fill("4");
    expect((await counted).postDataJSON().rules).toHaveLength(3);
    await page.getByRole("button", { name: /^Weight 1: / }).click();
    await page.getByLabel("Points of weight 1").fill("70");
    await sound(page);
    await expect(page.getByText("120 points, scaled to 100", { exact: false })).toBeVisible();
    await save(page).click();
    await expect(page.getByText("Version 4 saved")).toBeVisible();
    expect(errors).toEqual([]);
  });
}

test("the threshold is moved by mouse and by keyboard", async ({ page }) => {
  const { errors } = await openApp(page, "/icp/icp_1");
  const slider = page.getByRole("slider", { name: "Threshold" });
  await expect(slider).toHaveAttribute("aria-valuenow", "60");
  const box = await slider.boundingBox();
  const plot = await page.getByRole("img", { name: /^Leads by fit/ }).boundingBox();
  if (!box || !plot) throw new Error("nothing is drawn");
  await page.mouse.move(box.x + box.width / 2, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(plot.x + plot.width * 0.75, box.y + 40, { steps: 6 });
  await page.mouse.up();
  await expect(slider).toHaveAttribute("aria-valuenow", "75");
  await slider.press("ArrowRight");
  await expect(slider).toHaveAttribute("aria-valuenow", "76");
  expect(errors).toEqual([]);
});

test("an ICP that is only half written is kept until the user comes back", async ({ page }) => {
  await openApp(page, "/icp/icp_1");
  await page.keyboard.press("f");
  await expect(page.getByRole("button", { name: /^Rule 4:/ })).toBeVisible();
  await page.getByRole("link", { name: "Templates" }).first().click();
  await page.getByRole("button", { name: "Leave without saving" }).click();
  await expect(page.getByRole("heading", { name: "Templates" })).toBeVisible();
  await page.goBack();
  await expect(page.getByText(/^Restored your unsaved changes/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Rule 4:/ })).toBeVisible();
});

test("an ICP that cannot be counted says so and is asked again", async ({ page }) => {
  await openApp(page, "/icp/icp_1", { failing: (url) => url.pathname === "/api/icp/preview" });
  await expect(page.getByText("The leads were not counted")).toBeVisible();
  await sound(page);
});

test("without an ICP the page offers an example that is complete", async ({ page }) => {
  const { errors } = await openApp(page, "/icp", { override: { "GET /api/icp": { items: [] } } });
  await sound(page);
  await page.getByRole("button", { name: "Start with an example" }).click();
  await expect(rules(page).getByRole("button", { name: /^Rule \d/ })).toHaveCount(2);
  await expect(weights(page).getByRole("button", { name: /^Weight \d/ })).toHaveCount(4);
  expect(errors).toEqual([]);
});
