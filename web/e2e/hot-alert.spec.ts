// The alert of a hot lead has a place of its own and covers nothing.
import { expect, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

for (const width of [1440, 390]) {
  test(`a hot lead is told on any page, below what the page shows, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    const { errors } = await openApp(page, "/settings/team", { hotAlert: true });
    const alert = page.getByRole("region", { name: "Hot lead" });
    await expect(alert).toContainText("Elena Marsh turned hot");
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    const covered = await alert.evaluate((e) => {
      const { left, top, width, height } = e.getBoundingClientRect();
      const under = document.elementsFromPoint(left + width / 2, top + height / 2).slice(1);
      return under.filter((other) => !other.contains(e) && !e.contains(other)).length;
    });
    expect(covered).toBe(0);
    await alert.getByRole("button", { name: "Dismiss" }).click();
    await expect(alert).toHaveCount(0);
    await page.getByRole("button", { name: "Invite a person" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    expect(errors).toEqual([]);
  });
}
