// The preview page of a campaign: its blocks are arranged beside the page, saved, and seen by a lead.
import { expect, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

for (const [width, height] of [
  [1440, 900],
  [390, 844],
  [320, 640],
] as const) {
  test(`blocks are opened, moved, removed and added, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/campaigns/campaign_1/page");
    await expect(page.frameLocator('iframe[title="Preview page"]').getByText("Example Garden Café")).toBeVisible();
    const blocks = page.getByRole("region", { name: "Blocks" }).locator("ol > li");
    await expect(blocks).toHaveCount(8);
    await page.getByRole("button", { name: /^Hero/ }).click();
    const drafted = page.waitForRequest((r) => r.url().endsWith("/page/draft"));
    await page.getByLabel("Headline").fill("Quiet phones for {{ company }}");
    expect((await drafted).postDataJSON().blocks[0].headline).toBe("Quiet phones for {{ company }}");
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await page.getByRole("button", { name: "Move down: Hero, block 1" }).click();
    await page.getByRole("button", { name: "Remove: FAQ, block 8" }).click();
    await expect(blocks).toHaveCount(7);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(blocks).toHaveCount(8);
    await page.getByRole("button", { name: "Add a block" }).click();
    await page.getByRole("menuitem", { name: "Calendar" }).click();
    await page.getByLabel("Button").fill("Book a call");
    const saved = page.waitForRequest((r) => r.method() === "PUT");
    await page.getByRole("button", { name: /^Save/ }).click();
    const body = (await saved).postDataJSON();
    expect(body.rev).toBe(3);
    expect(body.blocks.map((block: { kind: string }) => block.kind)).toEqual([
      "opening_line",
      "hero",
      "offer",
      "proof",
      "facts",
      "video",
      "calendar",
      "faq",
      "calendar",
    ]);
    await expect(page.getByText("Saved: leads of this campaign")).toBeVisible();
    expect(errors).toEqual([]);
  });
}

test("a fault is told at its field, and the page stays as it was", async ({ page }) => {
  const problem = {
    status: 422,
    code: "invalid",
    title: "Invalid",
    detail: "Check the marked fields.",
    errors: [{ field: "blocks[5].url", detail: "is not an address that begins with https://" }],
  };
  const { errors } = await openApp(page, "/campaigns/campaign_1/page");
  await page.route("**/api/campaigns/campaign_1/page/draft", (route) =>
    route.fulfill({ status: 422, json: problem, contentType: "application/problem+json" }),
  );
  await page.getByRole("button", { name: /^Video/ }).click();
  await page.getByLabel("Address of the video").fill("video.example");
  await expect(page.getByText("This is not an address that begins with https://.")).toBeVisible();
  await expect(page.getByText("Shown as it was before the faults")).toBeVisible();
  expect(errors).toEqual([]);
});
