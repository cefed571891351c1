// Segments, views and columns: a rule is built and counted, the list shows it, views keep it, and columns are chosen.
import { expect, type Page, test } from "@playwright/test";
import { SESSION } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";
import { ready } from "./live";

const SIZES = [
  [1440, 900],
  [390, 844],
  [320, 640],
] as const;

const sound = async (page: Page) => {
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
};

/** The parameters of the last request for the list. */
function listRequests(page: Page): URLSearchParams[] {
  const asked: URLSearchParams[] = [];
  page.on("request", (r) => {
    const { pathname, searchParams } = new URL(r.url());
    if (r.method() === "GET" && pathname === "/api/leads" && searchParams.get("limit") === "100")
      asked.push(searchParams);
  });
  return asked;
}

const rowOf = (page: Page, lead: string) =>
  page.getByRole("row").filter({ has: page.getByRole("link", { name: lead, exact: true }) });

const CITY = { if: { field: "city", is: ["Bonn"] } };

for (const [width, height] of SIZES) {
  test(`a rule is built by keyboard, counted, and kept in the address, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/leads");
    const asked = listRequests(page);
    await page.keyboard.press("f");
    await page.getByRole("button", { name: "Advanced filter" }).press("Enter");
    const dialog = page.getByRole("dialog", { name: "Advanced filter" });
    await dialog.getByLabel("Field of condition 1").selectOption("city");
    await dialog.getByRole("button", { name: "Show leads" }).press("Enter");
    await expect(dialog.getByText("Enter at least one value.")).toBeVisible();
    await sound(page);
    await dialog.getByLabel("Add a value of condition 1").fill("Bonn");
    await page.keyboard.press("Enter");
    await expect(dialog.getByText("212 leads", { exact: true })).toBeVisible();
    await expect(dialog.getByRole("list", { name: "Some of them" }).getByRole("listitem")).toHaveCount(5);
    await dialog.getByRole("button", { name: "Add group", exact: true }).press("Enter");
    await expect(dialog.getByLabel("Field of condition 2.1")).toBeFocused();
    await dialog.getByLabel("Field of condition 2.1").selectOption({ label: "Plan" });
    await dialog.getByLabel("Gold", { exact: true }).press("Space");
    await expect(dialog.getByText("City is Bonn and Plan is Gold")).toBeVisible();
    await sound(page);
    const rule = { all: [CITY, { any: [{ if: { field: "custom.Plan", is: ["Gold"] } }] }] };
    await dialog.getByRole("button", { name: "Show 212 leads" }).press("Enter");
    await expect(dialog).toHaveCount(0);
    await expect(page.getByRole("button", { name: "City is Bonn and Plan is Gold" })).toBeVisible();
    await expect.poll(() => JSON.parse(asked.at(-1)?.get("rule") ?? "{}")).toEqual(rule);
    await sound(page);
    await page.reload();
    await ready(page);
    await expect(page.getByRole("button", { name: "City is Bonn and Plan is Gold" })).toBeVisible();
    expect(JSON.parse(asked.at(-1)?.get("rule") ?? "{}")).toEqual(rule);
    await page.getByRole("button", { name: "Remove the advanced filter" }).click();
    await expect.poll(() => asked.at(-1)?.has("rule")).toBe(false);
    expect(errors).toEqual([]);
  });

  test(`segments are listed with their counts, made and edited, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/segments");
    const rows = page.getByRole("list", { name: "Segments" }).getByRole("listitem");
    await expect(rows).toHaveCount(2);
    await expect(rows.first()).toContainText("Country is Germany");
    await expect(rows.first()).toContainText("212 leads");
    await expect(rows.nth(1)).toContainText("(Plan is Gold or Rating is at least 4.5)");
    await sound(page);
    await page.keyboard.press("n");
    const dialog = page.getByRole("dialog", { name: "New segment" });
    await dialog.getByLabel("Name", { exact: true }).fill("Not in Germany");
    await dialog.getByLabel("Field of condition 1").selectOption("country");
    await dialog.getByLabel("Test of condition 1").selectOption("is_not");
    await dialog.getByLabel("Add a value of condition 1").fill("de");
    await page.keyboard.press("Tab");
    await expect(dialog.getByText("Country is not Germany")).toBeVisible();
    await sound(page);
    const sent = page.waitForRequest((r) => r.method() === "POST" && r.url().endsWith("/api/segments"));
    await dialog.getByRole("button", { name: "Save segment" }).press("Enter");
    expect((await sent).postDataJSON()).toEqual({
      name: "Not in Germany",
      rule: { all: [{ if: { field: "country", is_not: ["DE"] } }] },
    });
    await expect(dialog).toHaveCount(0);
    await page.getByRole("button", { name: "Edit Warm and quiet" }).click();
    await expect(
      page.getByRole("dialog", { name: "Edit Warm and quiet" }).getByLabel("Value of condition 2.2"),
    ).toHaveValue("4.5");
    await sound(page);
    expect(errors).toEqual([]);
  });
}

test("a segment in use stays, and the page says by what it is used", async ({ page }) => {
  const { errors } = await openApp(page, "/segments");
  await page.route("**/api/segments/segment_1", (route) =>
    route.fulfill({
      status: 409,
      json: { status: 409, title: "Conflict", code: "in_use", detail: "The view “Plans in Germany” uses it." },
    }),
  );
  await page.getByRole("button", { name: "Delete Germany" }).click();
  const told = page.getByRole("dialog", { name: "Germany is in use" });
  await expect(told).toContainText("Plans in Germany");
  await sound(page);
  await told.getByRole("button", { name: "Close" }).first().click();
  await expect(page.getByRole("list", { name: "Segments" }).getByRole("listitem")).toHaveCount(2);
  expect(errors).toEqual([]);
});

test("no segments yet says what a segment is for", async ({ page }) => {
  await openApp(page, "/segments", { override: { "GET /api/segments": { items: [] } } });
  await expect(page.getByRole("heading", { name: "No segments yet" })).toBeVisible();
  await sound(page);
});

test("who may only read sees the segments and is offered no change", async ({ page }) => {
  const session = { ...SESSION, user: { ...SESSION.user, role: "read_only" } };
  await openApp(page, "/segments", { override: { "POST /api/auth/refresh": session, "GET /api/auth/me": session } });
  await expect(page.getByRole("list", { name: "Segments" })).toContainText("Country is Germany");
  for (const name of ["New segment", "Edit Germany", "Duplicate Germany", "Delete Germany"])
    await expect(page.getByRole("button", { name })).toHaveCount(0);
});

test("a saved view is opened by its key, shows its own columns, is changed, and the change saved", async ({ page }) => {
  const { errors } = await openApp(page, "/leads");
  const asked = listRequests(page);
  await page.keyboard.press("7");
  await expect(page).toHaveURL(/\/leads\?view=view_1$/);
  await expect(page.getByRole("columnheader")).toHaveText(["", "Name", "Plan", "Job title", "Owner", "Created"]);
  expect(Object.fromEntries(asked.at(-1) ?? [])).toMatchObject({
    status: "new,contacted",
    segment: "segment_1",
    sort: "custom.Plan",
    columns: "name,custom.Plan,job_title,owner,created",
  });
  const first = rowOf(page, "Elena Marsh");
  await expect(first).toContainText("Silver");
  await expect(first).toContainText("Maya Okafor");
  await expect(page.getByText("Segment is")).toBeVisible();
  await page.getByRole("button", { name: "Job title" }).click();
  await expect.poll(() => asked.at(-1)?.get("sort")).toBe("job_title");
  await sound(page);
  const sent = page.waitForRequest((r) => r.method() === "PATCH");
  await page.getByRole("button", { name: "Save changes" }).click();
  expect((await sent).postDataJSON()).toMatchObject({ rev: 2, sort: "job_title", segment: "segment_1" });
  await expect(page.getByText("Plans in Germany saved")).toBeVisible();
  expect(errors).toEqual([]);
});

test("a list is saved as a view from the tabs, and the dialogs and the menu are sound", async ({ page }) => {
  const { errors } = await openApp(page, "/leads?view=view_1");
  await page.getByRole("button", { name: "Actions on Plans in Germany" }).click();
  await expect(page.getByRole("menuitem")).toHaveText(["Rename", "Share with everyone", "Delete"]);
  await sound(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Save as a view" }).click();
  const dialog = page.getByRole("dialog", { name: "Save as a view" });
  for (const width of [1440, 390, 320]) {
    await page.setViewportSize({ width, height: 900 });
    await sound(page);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await dialog.getByLabel("Name", { exact: true }).fill("Hot in Germany");
  await dialog.getByRole("switch").check();
  const sent = page.waitForRequest((r) => r.method() === "POST" && r.url().endsWith("/api/views"));
  await dialog.getByRole("button", { name: "Save view" }).click();
  expect((await sent).postDataJSON()).toMatchObject({ name: "Hot in Germany", shared: true, segment: "segment_1" });
  await expect(dialog).toHaveCount(0);
  expect(errors).toEqual([]);
});

test("a view that is gone says so instead of showing every lead", async ({ page }) => {
  await openApp(page, "/leads?view=view_9");
  await expect(page.getByRole("heading", { name: "There is no such view" })).toBeVisible();
  await expect(page.getByRole("grid")).toHaveCount(0);
  await sound(page);
  await page.getByRole("button", { name: "Show all leads" }).click();
  await expect(page.getByRole("grid")).toBeVisible();
});

test("columns are chosen, dragged into order, kept on this device, and reset", async ({ page }) => {
  const { errors } = await openApp(page, "/leads");
  await page.getByRole("button", { name: "Fields shown" }).click();
  const dialog = page.getByRole("dialog", { name: "Fields shown" });
  for (const width of [1440, 390, 320]) {
    await page.setViewportSize({ width, height: 900 });
    await sound(page);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await dialog.getByLabel("Find a field").fill("plan");
  await dialog.getByLabel("Plan", { exact: true }).check();
  await dialog.getByRole("button", { name: "Move Plan up" }).press("Enter");
  const shown = dialog.getByRole("list", { name: "Fields shown" }).getByRole("listitem");
  await expect(shown.nth(8)).toHaveText("Plan");
  await shown.nth(8).dragTo(shown.nth(1));
  await expect(shown.nth(1)).toHaveText("Plan");
  // The row leaves the list of shown columns.
  await dialog.getByLabel("Location", { exact: true }).click();
  await dialog.getByRole("button", { name: "Show 9 fields" }).click();
  await expect(page.getByRole("columnheader").nth(2)).toHaveText("Plan");
  await expect(rowOf(page, "Elena Marsh")).toContainText("Silver");
  await page.reload();
  await ready(page);
  await expect(page.getByRole("columnheader").nth(2)).toHaveText("Plan");
  await page.getByRole("button", { name: "Fields shown" }).click();
  await dialog.getByRole("button", { name: "Reset" }).click();
  await dialog.getByRole("button", { name: "Show 9 fields" }).click();
  await expect(page.getByRole("columnheader").nth(2)).toHaveText("Company");
  expect(errors).toEqual([]);
});

test("the palette finds segments and views by name", async ({ page }) => {
  await openApp(page, "/");
  await page.keyboard.press("Control+k");
  const search = page.getByRole("combobox", { name: "Search or run a command" });
  await search.fill("plans in");
  await page.getByRole("option", { name: "Plans in Germany" }).click();
  await expect(page).toHaveURL(/\/leads\?view=view_1$/);
  await page.keyboard.press("Control+k");
  await search.fill("warm and");
  await page.getByRole("option", { name: "Warm and quiet" }).click();
  await expect(page).toHaveURL(/f=segment/);
  await page.keyboard.press("Control+k");
  await search.fill("segments");
  await page.getByRole("option", { name: "Segments" }).click();
  await expect(page).toHaveURL(/\/segments$/);
});
