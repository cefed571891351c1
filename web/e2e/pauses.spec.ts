// Pausing a lead in all of its campaigns from its page; stopping all sending from any page.
import { expect, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

for (const width of [1440, 390]) {
  test(`a lead is paused for a week, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    const { errors } = await openApp(page, "/leads/lead_0");
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Pause Elena Marsh" });
    await expect(dialog).toContainText("In Clinics, autumn: no messages");
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

for (const width of [1280, 320]) {
  test(`all sending is stopped, or until a time, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 720 });
    const { errors } = await openApp(page, "/queue");
    if (width === 320) await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("button", { name: "Stop all" }).click();
    const asked = page.getByRole("dialog", { name: "Stop all sending?" });
    await asked.getByRole("button", { name: "Stop until a set time" }).click();
    await expect(page.getByRole("dialog", { name: "Stop all sending until a set time" })).toBeVisible();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Stop all" }).click();
    const sent = page.waitForRequest((r) => r.method() === "POST" && r.url().endsWith("/api/settings/sending"));
    await asked.getByRole("button", { name: "Stop all sending" }).click();
    expect((await sent).postDataJSON()).toEqual({ action: "stop" });
    await expect(asked).toBeHidden();
    expect(errors).toEqual([]);
  });
}
