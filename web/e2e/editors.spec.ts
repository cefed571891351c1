// Unsaved changes in an editor are restored after a reload, are announced, and can be discarded.
import { expect, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

for (const [name, path] of [
  ["a sequence", "/sequences/sequence_1"],
  ["a new sequence", "/sequences/new"],
  ["a template", "/templates"],
  ["a new template", "/templates?id=new"],
] as const) {
  test(`${name}, changed and not saved`, async ({ page }) => {
    const { errors } = await openApp(page, path);
    const field = page.getByLabel("Name", { exact: true });
    const before = await field.inputValue();
    const found = page.getByRole("status").filter({ hasText: "Restored your unsaved changes" });
    await field.fill("Written on the train");
    await expect(found).toHaveCount(0);
    await page.reload();
    await expect(field).toHaveValue("Written on the train");
    await expect(found).toBeVisible();
    for (const width of [1440, 360]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await violationsInBothThemes(page)).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await found.getByRole("button", { name: "Discard" }).click();
    await expect(field).toHaveValue(before);
    await page.getByRole("button", { name: /^Undo/ }).click();
    await expect(field).toHaveValue("Written on the train");
    await field.fill("Written at my desk");
    await page.reload();
    await expect(field).toHaveValue("Written at my desk");
    await found.getByRole("button", { name: "Discard" }).click();
    await page.reload();
    await expect(field).toHaveValue(before);
    await expect(found).toHaveCount(0);
    expect(errors).toEqual([]);
  });
}

test("who leaves a changed sequence keeps the changes, or discards them there", async ({ page }) => {
  await openApp(page, "/sequences/sequence_1");
  const field = page.getByLabel("Name", { exact: true });
  const before = await field.inputValue();
  const back = async () => {
    await page.getByRole("link", { name: before }).first().click();
    await field.waitFor();
  };
  const leave = async (how: string) => {
    await page.getByRole("main").getByRole("link", { name: "Sequences" }).first().click();
    await page.getByRole("dialog", { name: "Leave without saving?" }).getByRole("button", { name: how }).click();
  };
  await field.fill("Written on the train");
  await page.getByRole("main").getByRole("link", { name: "Sequences" }).first().click();
  const question = page.getByRole("dialog", { name: "Leave without saving?" });
  for (const width of [1440, 360]) {
    await page.setViewportSize({ width, height: 900 });
    await expect(question).toBeVisible();
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await question.getByRole("button", { name: "Stay here" }).click();
  await leave("Leave without saving");
  await back();
  await expect(field).toHaveValue("Written on the train");
  await leave("Discard changes");
  await back();
  await expect(field).toHaveValue(before);
});
