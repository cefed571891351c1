// Every page, light and dark, wide and on a phone: axe finds nothing, nothing overflows, the console is silent.
import { mkdirSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";
import { PAGES } from "./places";

const shots = process.env.SHOTS;
const only = process.env.ONLY?.split(",");

for (const [name, path] of PAGES) {
  if (only && !only.includes(name)) continue;
  test(name, async ({ page }) => {
    const { errors } = await openApp(page, path, { theme: "light" });
    for (const [width, height] of [
      [1440, 900],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      if (shots) {
        mkdirSync(shots, { recursive: true });
        await page.screenshot({ path: `${shots}/${name}-${width}-light.png` });
      }
      expect(await violationsInBothThemes(page)).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
    }
    expect(errors).toEqual([]);
  });
}

test("a simulated message, opened in its row", async ({ page }) => {
  if (only && !only.includes("simulation")) return;
  const { errors } = await openApp(page, "/campaigns/campaign_1/simulation", { theme: "light" });
  await page
    .getByRole("button", { name: /^Read 1 E-mail/ })
    .first()
    .click();
  await expect(page.getByText("your guests praise the garden")).toBeVisible();
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  expect(errors).toEqual([]);
});
