// Companies: the list, one with its leads and their timeline, and what is noted about it.
import { expect, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";
import { demo, signIn, url, visit } from "./live";

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

test("a company of the demo shows its leads", async ({ page }) => {
  test.skip(!demo, `LEADFLOW_URL is not set: ${url}`);
  await signIn(page);
  await visit(page, "/companies");
  const first = page.getByRole("grid", { name: "Companies" }).getByRole("link").first();
  const name = (await first.textContent()) ?? "";
  await first.click();
  await expect(page.getByRole("heading", { name })).toBeVisible();
  await expect(page.getByRole("region", { name: "Leads" }).getByRole("link").first()).toBeVisible();
  await page.getByRole("button", { name: "Open in Leads" }).click();
  await expect(page).toHaveURL(/company_domain/);
  await expect(page.getByText(/^Company domain/)).toBeVisible();
});
