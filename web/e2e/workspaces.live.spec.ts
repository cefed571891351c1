// One person in two workspaces: an invitation is accepted with the password of the login that is there, every tab follows
// a switch, and a device that is signed out stays out.
import { expect, type Page, test } from "@playwright/test";
import { ready, silent, url, visit } from "./live";

const STAMP = Date.now();
const PASSWORD = "a long password";
const SOON = { timeout: 30_000 };

const memberOf = (page: Page, name: string) => page.getByRole("listitem").filter({ hasText: name });

test("a login joins a second workspace, switches between both in every tab, and ends a session", async ({
  browser,
  request,
}) => {
  test.skip(!url, "LEADFLOW_URL is not set");
  test.setTimeout(120_000);
  const post = async (path: string, data: unknown, token?: string) => {
    const headers = token ? { authorization: `Bearer ${token}` } : undefined;
    const response = await request.post(`${url}${path}`, { data, headers });
    expect(response.ok(), `${path} ${await response.text()}`).toBe(true);
    return response.json();
  };
  const account = (who: string, name: string, workspace_name: string) => ({
    email: `${who}-${STAMP}@northquay.example`,
    password: PASSWORD,
    name,
    workspace_name,
  });
  const owner = await post("/api/auth/signup", account("owner", "Ann Quay", "Northquay"));
  const joe = account("joe", "Joe Harbour", "Harbour Labs");
  await post("/api/auth/signup", joe);
  const invited = { email: joe.email, name: "Joe", role: "rep" };
  const { link } = await post("/api/team", invited, owner.access_token);

  const context = await browser.newContext({ locale: "en-GB" });
  const page = await context.newPage();
  const errors = silent(page);
  await page.goto(`/invitation#${link.split("#")[1]}`);
  await expect(page.getByRole("heading", { name: "Join Northquay" })).toBeVisible(SOON);
  await page.getByLabel("Your password").fill("not the password");
  await page.getByRole("button", { name: "Join" }).click();
  await expect(page.getByText("is not the password of the login that this address has")).toBeVisible();
  await page.getByLabel("Your password").fill(PASSWORD);
  await page.getByRole("button", { name: "Join" }).click();
  await page.waitForURL((at) => at.pathname === "/");
  await ready(page);
  await visit(page, "/settings/team");
  await expect(memberOf(page, "Ann Quay")).toBeVisible(SOON);

  const other = await context.newPage();
  await visit(other, "/settings/team");
  await expect(memberOf(other, "Ann Quay")).toBeVisible(SOON);
  await page.getByRole("button", { name: /your menu$/ }).click();
  await page.getByRole("menuitem", { name: "Switch workspace" }).click();
  await page.getByRole("button", { name: /Harbour Labs/ }).click();
  // Every tab leaves the page of the workspace before. Until then it would interrupt the next visit.
  for (const tab of [page, other]) {
    await tab.waitForURL((at) => at.pathname === "/", SOON);
    await ready(tab);
  }
  for (const tab of [page, other]) {
    await visit(tab, "/settings/team");
    await expect(memberOf(tab, "Joe Harbour")).toBeVisible(SOON);
    await expect(memberOf(tab, "Ann Quay")).toBeHidden();
  }

  const phone = await post("/api/auth/login", { email: joe.email, password: PASSWORD });
  expect(phone.workspace.name).toBe("Harbour Labs");
  await visit(page, "/settings/profile");
  const sessions = page.getByRole("region", { name: "Sessions" });
  await expect(sessions.getByText("This device")).toBeVisible(SOON);
  await sessions.getByRole("button", { name: "Sign out the device without a name" }).first().click();
  await expect(page.getByText("The device is signed out within a minute")).toBeVisible();
  expect(errors).toEqual([]);
  await context.close();
});
