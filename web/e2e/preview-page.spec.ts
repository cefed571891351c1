// The preview page of a campaign: its blocks are arranged beside the page, saved, and seen by a lead.
import { expect, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";
import { demo, signIn, visit } from "./live";

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

test.describe("against a running installation", () => {
  test.skip(!demo, "no running installation is named");

  test("a page is written, shown beside, saved, and seen by a lead until it is closed", async ({ page }) => {
    await signIn(page);
    const login = { email: process.env.LEADFLOW_EMAIL, password: process.env.LEADFLOW_PASSWORD };
    const session = await (await page.request.post("/api/auth/login", { data: login })).json();
    const headers = { authorization: `Bearer ${session.access_token}` };
    const get = async (path: string) => (await page.request.get(path, { headers })).json();
    // Other journeys leave campaigns behind whose leads have all ended.
    const { items: campaigns } = await get("/api/campaigns");
    let campaign = { id: "", state: "" };
    let lead: { id: string } | undefined;
    for (campaign of campaigns) {
      if (campaign.state === "active") lead = (await get(`/api/leads?campaign=${campaign.id}&limit=1`)).items[0];
      if (lead) break;
    }
    if (!lead) throw new Error("no active campaign has a lead");
    await visit(page, `/campaigns/${campaign.id}/page`);
    await page.getByLabel("Lead to show the page with").selectOption(lead.id);
    await page.getByRole("button", { name: /^Hero/ }).click();
    await page.getByLabel("Headline").fill("Quiet phones for {{ company | default('you') }}");
    const frame = page.frameLocator('iframe[title="Preview page"]');
    await expect(frame.getByRole("heading", { level: 1 })).toHaveText(/^Quiet phones for /);
    await page.getByRole("button", { name: /^Save/ }).click();
    await expect(page.getByText("Saved: leads of this campaign")).toBeVisible();
    const link = await get(`/api/leads/${lead.id}/preview`);
    const path = new URL(link.url).pathname;
    const seen = await page.request.get(path);
    expect(await seen.text()).toContain("Quiet phones for ");
    await visit(page, `/leads/${lead.id}`);
    await page.getByRole("button", { name: "Close the page" }).click();
    await expect(page.getByText("The preview page is closed")).toBeVisible();
    expect((await page.request.get(path)).status()).toBe(410);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(page.getByRole("button", { name: "Close the page" })).toBeVisible();
    expect((await page.request.get(path)).status()).toBe(200);
    await visit(page, `/campaigns/${campaign.id}/page`);
    await page.getByRole("button", { name: "Back to the standard page" }).click();
    await expect(page.getByText("The standard page is shown")).toBeVisible();
    await expect(page.getByText("standard page", { exact: true })).toBeVisible();
  });
});
