// Leads are deleted and brought back: from their page, from the list, and from the page of deleted ones.
import { expect, type Page, test } from "@playwright/test";
import { ANSWERS } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

/** Plays the server's part for one lead that is deleted and restored. */
async function openAt(page: Page, path: string, deleted = false) {
  const asked: string[] = [];
  let gone = deleted;
  const opened = await openApp(page, path, {
    override: { "POST /api/leads/restore": { restored: ["lead_0", "lead_1"], skipped: [], seen: [] } },
  });
  await page.route(
    (url) => url.pathname.startsWith("/api/leads"),
    async (route) => {
      const request = route.request();
      const { pathname } = new URL(request.url());
      const name = `${request.method()} ${pathname}`;
      if (request.method() !== "GET") asked.push(name);
      if (name === "POST /api/leads/lead_0/erase") {
        gone = true;
        return route.fulfill({ status: 204 });
      }
      if (name === "POST /api/leads/lead_0/restore") {
        gone = false;
        return route.fulfill({ json: ANSWERS["GET /api/leads/lead_0"] });
      }
      if (name === "POST /api/leads/delete") {
        const { ids } = request.postDataJSON();
        expect([["lead_0"], ["lead_0", "lead_1"]]).toContainEqual(ids);
        gone = true;
        const seen = ids.map((id: string) => `${id}:4`);
        return route.fulfill({ json: { matched: ids.length, deleted: ids, skipped: [], seen } });
      }
      if (gone && pathname.startsWith("/api/leads/lead_0")) {
        const detail = "Elena Marsh is deleted. It can be restored until 2026-12-17.";
        const problem = { type: "about:blank", title: "Not Found", status: 404, code: "lead_deleted", detail };
        return route.fulfill({ status: 404, json: { ...problem, request_id: "req_1" } });
      }
      return route.fallback();
    },
  );
  return { asked, ...opened };
}

test("a lead is deleted from its page, and Undo brings it back", async ({ page }) => {
  const { asked, errors } = await openAt(page, "/leads/lead_0");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page).toHaveURL(/\/leads$/);
  await expect(page.getByText("Deleted Elena Marsh")).toBeVisible();
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect.poll(() => asked).toEqual(["POST /api/leads/delete", "POST /api/leads/restore"]);
  expect(errors).toEqual([]);
});

test("ticked leads are deleted by key, and Undo brings them back", async ({ page }) => {
  const { asked, errors } = await openAt(page, "/leads");
  await page.getByRole("checkbox", { name: "Select Elena Marsh", exact: true }).check();
  await page.getByRole("checkbox", { name: "Select Grace Adeyemi", exact: true }).check();
  await page.keyboard.press("#");
  await expect(page.getByText("Deleted 2 leads")).toBeVisible();
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect.poll(() => asked).toEqual(["POST /api/leads/delete", "POST /api/leads/restore"]);
  expect(errors).toEqual([]);
});

test("the page of a deleted lead says so and restores it", async ({ page }) => {
  const { errors } = await openAt(page, "/leads");
  await page.getByRole("link", { name: "Elena Marsh" }).first().click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page).toHaveURL(/\/leads$/);
  await page.goBack();
  await expect(page.getByRole("heading", { name: "This lead is deleted" })).toBeVisible();
  await expect(page.getByText("It can be restored until 2026-12-17")).toBeVisible();
  for (const width of [1440, 390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  await page.getByRole("button", { name: "Restore" }).click();
  await expect(page.getByRole("heading", { name: "This lead is deleted" })).toBeHidden();
  expect(errors).toEqual([]);
});

test("deleted leads are listed with the days that are left, and erased after a question", async ({ page }) => {
  const { errors } = await openAt(page, "/leads/deleted");
  await expect(page.getByText("by Zapier")).toBeVisible();
  for (const width of [1440, 390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  await page.getByRole("button", { name: "Erase now: Marcus Hale" }).click();
  const question = page.getByRole("dialog", { name: "Erase Marcus Hale now?" });
  expect(await violationsInBothThemes(page)).toEqual([]);
  await question.getByRole("button", { name: "Keep" }).click();
  await expect(question).toBeHidden();
  expect(errors).toEqual([]);
});
