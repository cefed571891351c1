// Companies: the list, one with its leads and their timeline, and what is noted about it.
import { expect, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

for (const [width, height] of [
  [1440, 900],
  [390, 844],
  [320, 640],
] as const) {
  test(`a company shows its leads and their timeline, and is edited by keyboard, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/companies/quay.example");
    await expect(page.getByRole("heading", { name: "Northquay Dental Group" })).toBeVisible();
    await expect(page.getByText("4 new, 6 contacted, 2 won")).toBeVisible();
    await expect(page.getByRole("region", { name: "Leads" }).getByRole("link").first()).toBeVisible();
    const timeline = page.getByRole("list", { name: "Timeline" });
    await expect(timeline.getByRole("listitem").filter({ hasText: "Asked for an offer" })).toContainText(
      "Grace Adeyemi",
    );
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await page.getByRole("button", { name: "Edit", exact: true }).press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Northquay");
    await dialog.getByLabel("Part of").fill("");
    expect(await violationsInBothThemes(page)).toEqual([]);
    const sent = page.waitForRequest((request) => request.method() === "PATCH");
    await dialog.getByRole("button", { name: "Save" }).press("Enter");
    expect((await sent).postDataJSON()).toEqual({
      name: "Northquay",
      owner: "user_1",
      parent: null,
      note: "Renews in May. Buys through its head office.",
      rev: 3,
    });
    expect(errors).toEqual([]);
  });
}

test("companies are sorted and searched in the address, and opened", async ({ page }) => {
  await openApp(page, "/companies");
  const asked = page.waitForRequest((request) => request.url().includes("sort=name"));
  await page.getByRole("button", { name: "Company", exact: true }).click();
  expect((await asked).url()).toContain("order=asc");
  await expect(page).toHaveURL(/sort=name/);
  const searched = page.waitForRequest((request) => request.url().includes("q=quay"));
  await page.getByRole("searchbox", { name: "Search companies" }).fill("quay");
  await searched;
  await page.getByRole("link", { name: "Northquay Dental Group" }).click();
  await expect(page).toHaveURL(/companies\/quay\.example/);
});
