// Variants of one step: written and weighted, each shown in the preview, with the results of each.
import { mkdirSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const shots = process.env.SHOTS;
const shot = async (page: Page, name: string) => {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
};
const sound = async (page: Page) => {
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
};

const variant = (id: string, subject: string, body: string) => ({
  id,
  name: "",
  weight: 50,
  paused: false,
  subject,
  body,
});
const SEQUENCE = {
  id: "sequence_1",
  name: "Clinic preview",
  version: 7,
  steps: [
    {
      id: "step_1",
      kind: "email",
      delay: { amount: 0, unit: "minutes" },
      subject: "",
      body: "",
      variants: [variant("variant_a", "Two minutes?", "The long one"), variant("variant_b", "Hello", "The short one")],
    },
  ],
  window: { weekdays: [1, 2, 3, 4, 5], ranges: [{ start: 540, end: 1020 }] },
  archived: false,
  created_at: "2026-10-08T09:30:00Z",
  updated_at: "2026-11-17T10:42:00Z",
  rev: 9,
};
const preview = (chosen: string) => ({
  zone: "Europe/London",
  zone_source: "address",
  end: "finished",
  steps: [
    {
      step: 0,
      kind: "email",
      at: "2026-11-18T09:12:00Z",
      local: "2026-11-18T09:12",
      variant: chosen,
      subject: chosen === "variant_a" ? "Two minutes?" : "Hello",
      text: chosen === "variant_a" ? "The long one" : "The short one",
    },
  ],
});

for (const [width, height] of [
  [1440, 900],
  [390, 844],
] as const) {
  test(`a second text is written, weighed and the first one paused by keyboard, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/sequences/sequence_1");
    const asked: { steps: { subject: string; variants: Record<string, unknown>[] }[] }[] = [];
    page.on("request", (request) => {
      if (request.url().endsWith("/diff")) asked.push(request.postDataJSON());
    });
    await page.getByRole("list", { name: "Steps" }).getByRole("button", { expanded: false }).first().click();
    await page.getByRole("button", { name: "Add an A/B variant" }).click();
    const tabs = page.getByRole("tablist", { name: "Variants of step 1" });
    await expect(tabs.getByRole("tab", { name: "B 50%" })).toHaveAttribute("aria-selected", "true");
    await page.getByLabel("Subject of step 1, variant B").fill("Hello");
    await page.getByLabel("Name of variant B").fill("Short");
    await page.getByLabel("Split, by weight").fill("25");
    await expect(tabs.getByRole("tab", { name: "A 67%" })).toBeVisible();
    await tabs.getByRole("tab", { name: "B Short 33%" }).focus();
    await page.keyboard.press("ArrowLeft");
    await expect(tabs.getByRole("tab", { name: "A 67%" })).toBeFocused();
    await page.getByRole("switch", { name: "Send variant A" }).press("Space");
    await expect(tabs.getByRole("tab", { name: "A paused" })).toBeVisible();
    await tabs.getByRole("tab", { name: "B Short 100%" }).click();
    await expect(page.getByRole("switch", { name: "Send variant B" })).toBeDisabled();
    await shot(page, `variants-editor-${width}`);
    await sound(page);
    await page.keyboard.press("Control+s");
    await expect(page.getByRole("dialog")).toBeVisible();
    const [first] = asked[0]?.steps ?? [];
    expect(first?.subject).toBe("");
    expect(first?.variants.map((v) => [v.subject, v.name, v.weight, v.paused])).toEqual([
      ["{{ company }}, 2 minutes?", "", 50, true],
      ["Hello", "Short", 25, false],
    ]);
    expect(errors).toEqual([]);
  });

  test(`the report shows ranges, who is ahead and where it is too early, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/campaigns/campaign_1");
    const report = page.getByRole("region", { name: "Variants" });
    const mail = report.getByRole("region", { name: "Step 1, E-mail" });
    await expect(mail.getByText("Short is ahead")).toBeVisible();
    await expect(mail.getByRole("listitem").filter({ hasText: "Short" })).toContainText("27 of 288, 9.4%");
    const text = report.getByRole("region", { name: "Step 3, SMS" });
    await expect(text.getByText("Too early to say")).toBeVisible();
    await expect(text.getByText("B, paused")).toBeVisible();
    await shot(page, `variants-report-${width}`);
    await sound(page);
    await mail.getByRole("button", { name: "Table" }).click();
    await expect(mail.getByRole("row", { name: /Short/ })).toContainText("97%");
    await sound(page);
    expect(errors).toEqual([]);
  });
}

test("the preview shows what the person would get, and the other one when asked", async ({ page }) => {
  const asked: { variants: string[] }[] = [];
  await openApp(page, "/sequences/sequence_1", {
    override: {
      "GET /api/sequences/sequence_1": SEQUENCE,
      "POST /api/sequences/sequence_1/preview": preview("variant_b"),
    },
  });
  page.on("request", (request) => {
    if (request.url().endsWith("/preview")) asked.push(request.postDataJSON());
  });
  const choice = page.getByRole("group", { name: "Variant shown for step 1" });
  await expect(choice.getByRole("button", { name: "B" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByText("The short one").first()).toBeVisible();
  await choice.getByRole("button", { name: "A" }).click();
  await expect.poll(() => asked.at(-1)?.variants).toEqual(["variant_a"]);
  await sound(page);
});

test("a campaign whose steps have one text each says what to do", async ({ page }) => {
  await openApp(page, "/campaigns/campaign_1", {
    override: { "GET /api/campaigns/campaign_1/variants": { leads_per_variant: 1000, proposed_leads: 797, steps: [] } },
  });
  await expect(page.getByRole("region", { name: "Variants" })).toContainText("Every step has one text.");
  await sound(page);
});
