// A program works with an API key that an admin has created in the app, and does nothing beyond the key's scopes.
import { expect, type Page, test } from "@playwright/test";
import { overflow, violationsInBothThemes } from "./axe";
import { proveWhenAsked, ready, silent, url, visit } from "./live";

const SOON = { timeout: 60_000 };
const STAMP = Date.now();
const OWN = `keys-${STAMP}@northquay.example`;
const LEAD = `form-${STAMP}@first.example`;

test.describe("a program with an API key", () => {
  test.describe.configure({ mode: "serial" });
  test.skip(!url, "LEADFLOW_URL is not set");
  test.setTimeout(180_000);
  let page: Page;
  let errors: string[];
  let secret = "";
  test.beforeAll(async ({ browser }) => {
    page = await (await browser.newContext({ locale: "en-GB" })).newPage();
    errors = silent(page);
    await proveWhenAsked(page, "a long password");
  });
  test.afterAll(async () => {
    expect(errors).toEqual([]);
    await page.context().close();
  });

  const call = (method: string, path: string, data?: object) =>
    page.request.fetch(`${url}${path}`, { method, data, headers: { authorization: `Bearer ${secret}` } });

  test("gets its key from an admin, who sees the secret once", async () => {
    await page.goto("/sign-up");
    await page.getByLabel("Your name").fill("Maya Okafor");
    await page.getByLabel("Company").fill("Northquay");
    await page.getByLabel("E-mail").fill(OWN);
    await page.getByLabel("Password").fill("a long password");
    await page.getByRole("button", { name: "Create workspace" }).click();
    await ready(page);
    await expect(page.getByRole("heading", { name: "Add your first leads" })).toBeVisible(SOON);
    await visit(page, "/settings/keys");
    await expect(page.getByText("No API keys yet")).toBeVisible();
    await page.getByRole("button", { name: "Create API key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name", { exact: true }).fill("Website form");
    await dialog.getByLabel("Read leads, their history and imports; export them").check();
    await dialog.getByLabel("Create, change, import and delete leads").check();
    expect(await violationsInBothThemes(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Create key" }).click();
    secret = await page.getByLabel("API key", { exact: true }).inputValue(SOON);
    expect(secret).toMatch(/^lf_[0-9a-f]{48}$/);
    await expect(page.getByLabel("Try it")).toHaveValue(new RegExp(secret));
    await page.getByRole("button", { name: "Done" }).click();
    await expect(page.getByRole("row", { name: /Website form/ })).toContainText(`${secret.slice(0, 11)}…`);
    expect(await page.content()).not.toContain(secret);
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await violationsInBothThemes(page)).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test("creates a lead, and its history names the key", async () => {
    const made = await call("POST", "/api/leads", { email: LEAD, first_name: "Fay", source: "website form" });
    expect(made.status()).toBe(201);
    const { id } = await made.json();
    expect((await call("POST", `/api/leads/${id}/notes`, { text: "Asked for a call." })).status()).toBe(201);
    await visit(page, `/leads/${id}`);
    await expect(page.getByText("By the API key Website form").first()).toBeVisible(SOON);
  });

  test("is refused beyond its scopes, and told which one it lacks", async () => {
    const campaigns = await call("GET", "/api/campaigns");
    expect(campaigns.status()).toBe(403);
    expect((await campaigns.json()).detail).toContain("campaigns:read");
    for (const path of ["/api/keys", "/api/team", "/api/settings", "/api/auth/me"])
      expect((await call("GET", path)).status(), path).toBe(403);
  });

  test("is refused once its key is revoked", async () => {
    await visit(page, "/settings/keys");
    await expect(page.getByRole("row", { name: /Website form/ })).toContainText("In the last hours");
    await page.getByRole("button", { name: "Revoke Website form" }).click();
    await page.getByRole("button", { name: "Revoke key" }).click();
    await expect(page.getByText("Revoked", { exact: true })).toBeVisible(SOON);
    const refused = await call("GET", "/api/leads");
    expect(refused.status()).toBe(401);
    expect((await refused.json()).code).toBe("key_revoked");
  });
});
