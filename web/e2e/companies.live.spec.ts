// The journeys through a running installation that go with companies.spec.ts.
import { expect, test } from "@playwright/test";
import { demo, signIn, url, visit } from "./live";

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
