// The journeys through a running installation that go with preview-page.spec.ts.
import { expect, test } from "@playwright/test";
import { demo, signIn, visit } from "./live";

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
    await page.getByRole("button", { name: "Switch off" }).click();
    await expect(page.getByText("The preview page is closed")).toBeVisible();
    expect((await page.request.get(path)).status()).toBe(410);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(page.getByRole("button", { name: "Switch off" })).toBeVisible();
    expect((await page.request.get(path)).status()).toBe(200);
    await visit(page, `/campaigns/${campaign.id}/page`);
    await page.getByRole("button", { name: "Back to the standard page" }).click();
    await expect(page.getByText("The standard page is shown")).toBeVisible();
    await expect(page.getByText("standard page", { exact: true })).toBeVisible();
  });
});
