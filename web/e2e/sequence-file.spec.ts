// A sequence is moved from one workspace to another as a file.
import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import { ANSWERS } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const choose = (page: Page, text: string) =>
  page
    .getByLabel("Sequence file")
    .setInputFiles({ name: "clinics.json", mimeType: "application/json", buffer: Buffer.from(text) });

test("downloaded from one, opened in another as a draft, and saved", async ({ page }) => {
  const { errors } = await openApp(page, "/sequences/sequence_1", {
    override: { "POST /api/sequences": ANSWERS["GET /api/sequences/sequence_1"] },
  });
  const downloaded = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const file = await downloaded;
  expect(file.suggestedFilename()).toBe("clinic-preview.sequence.json");
  const text = await readFile(await file.path(), "utf8");
  expect(text).not.toMatch(/step_\d|template_|sequence_1/);

  await page.getByRole("main").getByRole("link", { name: "Sequences" }).first().click();
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("button", { name: "Open file" }).click(),
  ]);
  await chooser.setFiles({ name: "clinics.json", mimeType: "application/json", buffer: Buffer.from(text) });
  await expect(page).toHaveURL(/\/sequences\/new\?from=file$/);
  const name = page.getByLabel("Name", { exact: true });
  await expect(name).toHaveValue("Clinic preview");
  await expect(page.getByText("Opened from clinics.json. Nothing is saved yet.")).toBeVisible();
  for (const width of [1440, 360]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.reload();
  await expect(name).toHaveValue("Clinic preview");
  const asked = page.waitForRequest((r) => r.method() === "POST" && r.url().endsWith("/api/sequences"));
  await page.getByRole("button", { name: "Save sequence" }).click();
  const sent = (await asked).postDataJSON();
  expect(sent.steps.map((s: { kind: string }) => s.kind)).toEqual(
    JSON.parse(text).steps.map((s: { kind: string }) => s.kind),
  );
  expect(sent.steps[0].id).toMatch(/^step_[0-9A-Z]{26}$/);
  await expect(page.getByText("Saved as version 7")).toBeVisible();
  await expect(page).toHaveURL(/\/sequences\/sequence_1$/);
  expect(errors).toEqual([]);
});

test("a broken file says which step and which field, and nothing is opened", async ({ page }) => {
  const { errors } = await openApp(page, "/sequences");
  await page.setViewportSize({ width: 360, height: 900 });
  await expect(page.getByRole("button", { name: "Open file" })).toBeVisible();
  const step = { kind: "email", delay: { amount: 0, unit: "weeks" }, subject: "Hello", body: "Hi" };
  const window = { weekdays: [1], ranges: [{ start: 540, end: 1020 }] };
  await choose(page, JSON.stringify({ format: "leadflow.sequence", version: 1, name: "x", window, steps: [step, {}] }));
  const dialog = page.getByRole("dialog", { name: "Could not open the file" });
  await expect(
    dialog.getByText("Step 1, “delay.unit” must be one of minutes, hours, days, working_days."),
  ).toBeVisible();
  await expect(dialog.getByText("Step 2, “kind” is missing.")).toBeVisible();
  for (const width of [1440, 360]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  await choose(page, "PK\u0003\u0004");
  await expect(dialog.getByText("This is not valid JSON. The file is damaged or of another type.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL(/\/sequences$/);
  expect(errors).toEqual([]);
});
