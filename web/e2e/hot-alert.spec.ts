// The alert of a hot lead lies over the page and does not block it.
import { expect, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

for (const width of [1440, 390]) {
  test(`a hot lead is told on any page, and what lies under it can be pressed, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    const { errors } = await openApp(page, "/settings/team", { hotAlert: true });
    const alert = page.getByRole("region", { name: "Hot lead" });
    await expect(alert).toContainText("Elena Marsh turned hot");
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    const words = await alert.getByText("Linden Physio: 3 preview visits").boundingBox();
    const dismiss = await alert.getByRole("button", { name: "Dismiss" }).boundingBox();
    if (!words || !dismiss) throw new Error("the alert has words and a button");
    const inWords = { x: words.x + words.width / 2, y: words.y + words.height / 2 };
    const betweenButtons = { x: dismiss.x - 4, y: dismiss.y + dismiss.height / 2 };
    for (const point of [inWords, betweenButtons]) {
      const isAlert = await page.evaluate(
        ({ x, y }) => !!document.elementFromPoint(x, y)?.closest("[aria-label='Hot lead']"),
        point,
      );
      expect(isAlert).toBe(false);
    }
    await alert.getByRole("button", { name: "Dismiss" }).click();
    await expect(alert).toHaveCount(0);
    await page.getByRole("button", { name: "Invite a person" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    expect(errors).toEqual([]);
  });
}
