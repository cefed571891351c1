// What a model proposes is opened unsaved: an ICP from a description, a sequence from an offer.
import { expect, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const PROPOSED = {
  name: "Dentists of Leeds",
  rules: [
    {
      rule: { rule: { if: { field: "city", is: ["Leeds"] } }, not_known: "leave_out" },
      reason: "It is sold in Leeds.",
    },
    {
      rule: { rule: { if: { field: "category", contains: "dental" } }, not_known: "leave_out" },
      reason: "It is sold to those in dental work.",
    },
  ],
  weights: [
    { weight: { rule: { if: { field: "rating", at_least: "4" } }, points: 60 }, reason: "They care about patients." },
  ],
  threshold: 60,
  remarks: ["A condition on 'chairs' was left out: there is no such field."],
};
const WRITTEN = {
  name: "Fewer lost slots",
  messages: [
    { channel: "email", wait_days: 0, subject: "Lost slots", text: "Hi {{ first_name }},\n\nshall we talk?" },
    { channel: "sms", wait_days: 3, subject: "", text: "One more thing." },
  ],
};

for (const [width, height] of [
  [1440, 900],
  [1024, 800],
] as const) {
  test(`an ICP is proposed from a description, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/icp", { override: { "POST /api/icp/propose": PROPOSED } });
    await page.getByRole("button", { name: "Propose from a description" }).filter({ visible: true }).click();
    await page.getByLabel("What you sell").fill("Reminders for dental practices in Leeds");
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.getByRole("button", { name: "Propose an ICP" }).click();
    await expect(page.getByText("It is sold to those in dental work.")).toBeVisible();
    await expect(page.getByText("'chairs' was left out", { exact: false })).toBeVisible();
    await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Dentists of Leeds");
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(errors).toEqual([]);
  });

  test(`a sequence is written from an offer, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/sequences", { override: { "POST /api/ai/sequence": WRITTEN } });
    await page.getByRole("button", { name: "Write from an offer" }).filter({ visible: true }).click();
    await page.getByRole("textbox", { name: "Offer" }).fill("Reminders from 79 EUR a month.");
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.getByRole("button", { name: "Write the sequence" }).click();
    await expect(page.getByText("Opened from an offer. Nothing is saved yet.")).toBeVisible();
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(errors).toEqual([]);
  });
}
