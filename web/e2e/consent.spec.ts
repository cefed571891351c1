// What a lead has agreed to is read and recorded on its page, and an import states it for a whole file.
import { expect, test } from "@playwright/test";
import { importView } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

for (const [width, height] of [
  [1440, 900],
  [390, 844],
  [320, 640],
] as const) {
  test(`consent is recorded by keyboard on the lead page, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/leads/lead_0", { override: { "PATCH /api/leads/lead_0": {} } });
    if (width < 1024) await page.getByRole("button", { name: "Facts" }).click();
    const channels = page.getByRole("list", { name: "Consent by channel" });
    const [mail, , chat] = [0, 1, 2].map((n) => channels.getByRole("listitem").nth(n));
    await expect(mail ?? channels).toContainText("Legitimate interest, 28 Oct 2026, from an import: Trade register");
    await expect(chat ?? channels).toContainText("Withdrawn");
    await expect(chat ?? channels).toContainText("WhatsApp's rules ask for an opt-in");
    expect(await violationsInBothThemes(page)).toEqual([]);
    await channels.getByRole("button", { name: "Record consent for SMS" }).press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Basis").selectOption("written_consent");
    await dialog.getByLabel("Date").fill("2026-11-02");
    await dialog.getByLabel("Source").fill("Form at the fair");
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    const sent = page.waitForRequest((request) => request.method() === "PATCH");
    await dialog.getByRole("button", { name: "Save consent" }).press("Enter");
    expect((await sent).postDataJSON()).toEqual({
      consent: { sms: { basis: "written_consent", on: "2026-11-02", note: "Form at the fair" } },
    });
    await expect(dialog).toHaveCount(0);
    await expect(page.getByText("Consent recorded")).toBeVisible();
    expect(errors).toEqual([]);
  });
}

test("an import states the consent of its leads", async ({ page }) => {
  const { errors } = await openApp(page, "/import/import_2", {
    override: {
      "PATCH /api/imports/import_2": importView("import_2", "mapped"),
      "POST /api/imports/import_2/check": importView("import_2", "checking"),
    },
  });
  const options = page.getByRole("complementary", { name: "Options" });
  await options.getByLabel("Basis of contact").selectOption("written_consent");
  await options.getByLabel("SMS").press("Space");
  await options.getByLabel("Date of consent").fill("2026-10-05");
  await options.getByLabel("Source of consent").fill("Newsletter form");
  expect(await violationsInBothThemes(page)).toEqual([]);
  const sent = page.waitForRequest((request) => request.method() === "PATCH");
  await page.getByRole("button", { name: /^Check/ }).click();
  expect((await sent).postDataJSON().options).toMatchObject({
    consent: { basis: "written_consent", on: "2026-10-05", channels: ["email", "sms"] },
    consent_basis: "Newsletter form",
  });
  expect(errors).toEqual([]);
});
