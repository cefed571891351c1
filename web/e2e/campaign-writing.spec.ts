// How a campaign writes: its settings and budget, changed by keyboard, and the opening line for a lead.
import { mkdirSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const shots = process.env.SHOTS;
const shot = async (page: Page, name: string) => {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: `${shots}/${name}.png` });
};
const sound = async (page: Page) => {
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
};
const section = (page: Page) => page.getByRole("region", { name: "Writing" });

for (const [width, height] of [
  [1440, 900],
  [390, 844],
] as const) {
  test(`a campaign's tone and budget are changed by keyboard, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/campaigns/campaign_1", {
      override: { "PATCH /api/campaigns/campaign_1": { id: "campaign_1" } },
    });
    const sent: Record<string, unknown>[] = [];
    page.on("request", (request) => {
      if (request.method() === "PATCH") sent.push(request.postDataJSON());
    });
    await expect(section(page)).toContainText("Warm and brief");
    await expect(section(page)).toContainText("$3.14 left");
    await section(page).getByRole("button", { name: "Change writing" }).press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Tone").fill("Crisp");
    await dialog.getByLabel("Budget").fill("7.50");
    await shot(page, `writing-dialog-${width}`);
    await sound(page);
    await dialog.getByRole("button", { name: "Save" }).press("Enter");
    await expect(page.getByText("Saved: opening lines are being written for this campaign")).toBeVisible();
    expect(sent).toEqual([
      { writing: { ai: true, tone: "Crisp", language: "", context: "", budget: 7_500_000 }, rev: 2 },
    ]);
    expect(errors).toEqual([]);
  });

  test(`the opening line for a lead is shown with its facts, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/campaigns/campaign_1");
    await section(page).getByLabel("See it for a lead").selectOption({ label: "Elena Marsh" });
    await expect(section(page)).toContainText("Written for this campaign.");
    await expect(section(page).getByRole("list", { name: "Facts of the opening line" })).toContainText(
      "location look-up",
    );
    await section(page).scrollIntoViewIfNeeded();
    await shot(page, `writing-${width}`);
    await sound(page);
    expect(errors).toEqual([]);
  });
}
