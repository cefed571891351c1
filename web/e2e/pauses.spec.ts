// A lead is paused in all that it is in, from its page.
import { expect, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

for (const width of [1440, 390]) {
  test(`a lead is paused for a week, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    const { errors } = await openApp(page, "/leads/lead_0");
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Pause Elena Marsh" });
    await expect(dialog).toContainText("In Clinics, autumn: nothing is sent");
    expect(await violationsInBothThemes(page)).toEqual([]);
    const asked = page.waitForRequest((r) => r.method() === "POST" && r.url().endsWith("/api/leads/lead_0/pause"));
    await dialog.getByRole("button", { name: /^For a week/ }).click();
    expect((await asked).postDataJSON().until).toMatch(/T09:00:00.000Z$/);
    await expect(page.getByText("Elena Marsh: paused in Clinics, autumn")).toBeVisible();
    await expect(dialog).toBeHidden();
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(errors).toEqual([]);
  });
}
