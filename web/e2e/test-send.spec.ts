// Test messages: a step or a template, sent to one of our own mailboxes as a lead would get it.
import { expect, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const SENT = { id: "msg_1", lead_id: "lead_0", to: "maya@northquay.example", state: "queued", test: true };

test("a step is sent as a test, with the values of a chosen lead", async ({ page }) => {
  const { errors } = await openApp(page, "/sequences/sequence_1", { override: { "POST /api/emails/test": SENT } });
  await page.getByRole("list", { name: "Steps" }).getByRole("button", { expanded: false }).first().click();
  await page.getByRole("button", { name: "Send a test of step 1" }).click();
  const dialog = page.getByRole("dialog", { name: "Send a test" });
  await dialog.getByLabel("Use values from").fill("gra");
  await dialog.getByRole("list", { name: "Leads" }).getByRole("button").nth(1).click();
  expect(await violationsInBothThemes(page)).toEqual([]);
  const asked = page.waitForRequest((r) => r.url().endsWith("/api/emails/test"));
  await dialog.getByRole("button", { name: "Send test" }).click();
  expect((await asked).postDataJSON()).toMatchObject({ lead_id: "lead_1" });
  await expect(page.getByText("Test of step 1 sent to maya@northquay.example")).toBeVisible();
  await expect(dialog).toBeHidden();
  expect(errors).toEqual([]);
});

test("a template is too, and what went wrong is said", async ({ page }) => {
  await page.setViewportSize({ width: 1024, height: 800 });
  await openApp(page, "/templates");
  await page.getByRole("button", { name: /^Send a test of/ }).click();
  const dialog = page.getByRole("dialog", { name: "Send a test" });
  await dialog.getByRole("button", { name: "Send test" }).click();
  await expect(dialog.getByText(/There is no recording/)).toBeVisible();
  for (const width of [1024, 390]) {
    await page.setViewportSize({ width, height: 844 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
});
