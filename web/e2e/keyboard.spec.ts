// The app from the keyboard, the grid's window, and what happens when the server says no.
import { expect, test } from "@playwright/test";
import { openApp } from "./app";

test("go-to keys, the palette, and keys pressed before the app listened", async ({ page }) => {
  await openApp(page, "/leads");
  await page.keyboard.press("g");
  await page.keyboard.press("k");
  await expect(page).toHaveURL(/\/campaigns$/);
  await page.keyboard.press("Control+k");
  const search = page.getByRole("combobox", { name: "Search or run a command" });
  await expect(search).toBeFocused();
  await search.fill("sequ");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/sequences$/);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toHaveCount(0);
});

test("rows move, peek, select and open by key; few rows are in the document", async ({ page }) => {
  await openApp(page, "/leads");
  const rows = page.getByRole("row");
  await expect(page.getByRole("row", { name: /Elena Marsh/ }).first()).toBeVisible();
  expect(await rows.count()).toBeLessThan(80);
  await page.keyboard.press("j");
  await expect(page.locator("[data-cursor]")).toContainText("Grace Adeyemi");
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect(page.getByText("2 selected")).toBeVisible();
  await page.keyboard.press("Control+a");
  await expect(page.getByText("12,480 selected")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText("selected", { exact: false })).toHaveCount(0);
  await page.keyboard.press("k");
  await page.keyboard.press("k");
  await page.keyboard.press(" ");
  await expect(page.getByRole("complementary", { name: "Elena Marsh" })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/leads\/lead_0$/);
  await expect(page.getByText("Turned hot", { exact: true })).toBeVisible();
});

test("Ctrl+A in a field and in a dialog takes the words there, and no lead", async ({ page }) => {
  await openApp(page, "/leads");
  await expect(page.getByRole("row", { name: /Elena Marsh/ }).first()).toBeVisible();
  const search = page.getByRole("searchbox");
  await search.fill("elen");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("noah");
  await expect(search).toHaveValue("noah");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("combobox", { name: "Search or run a command" });
  await palette.fill("wrong");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("right");
  await expect(palette).toHaveValue("right");
  await expect(page.getByText(/\d selected/)).toHaveCount(0);
});

test("a long list is fetched a page at a time, by the cursor of the page before", async ({ page }) => {
  const asked: (string | null)[] = [];
  page.on("request", (r) => {
    const url = new URL(r.url());
    if (url.pathname === "/api/leads" && url.searchParams.get("limit") === "100")
      asked.push(url.searchParams.get("cursor"));
  });
  await openApp(page, "/leads");
  await expect(page.getByRole("row", { name: /Elena Marsh/ }).first()).toBeVisible();
  for (let i = 0; i < 30; i++) await page.keyboard.press("j");
  await page.getByRole("grid").evaluate((g) => g.firstElementChild?.scrollTo(0, 3_400));
  await expect.poll(() => asked.includes("c1")).toBe(true);
  expect(await page.getByRole("row").count()).toBeLessThan(80);
});

test("a refused change is taken back and told", async ({ page }) => {
  await openApp(page, "/leads");
  await page.route("**/api/leads/lead_0", (route) =>
    route.request().method() === "PATCH"
      ? route.fulfill({
          status: 409,
          json: {
            code: "changed_meanwhile",
            detail: "Someone else changed this. Reload and try again.",
            status: 409,
            title: "Conflict",
            type: "about:blank",
          },
        })
      : route.fallback(),
  );
  const stage = page.getByRole("combobox", { name: "Stage of Elena Marsh" }).first();
  await stage.selectOption("qualified");
  await expect(page.getByText("Could not change Elena Marsh.", { exact: false })).toBeVisible();
  await expect(stage).toHaveValue("contacted");
});

test("loading, empty and error are three different screens", async ({ page }) => {
  await openApp(page, "/leads?q=nobody", { override: { "GET /api/leads": { items: [], total: 0 } } });
  await expect(page.getByRole("heading", { name: "No leads match these filters" })).toBeVisible();
  await page.route("**/api/campaigns", (route) =>
    route.fulfill({
      status: 500,
      json: { code: "internal", detail: "Something went wrong on our side.", request_id: "req_9" },
    }),
  );
  await page.goto("https://app.invalid/campaigns");
  await expect(page.getByRole("heading", { name: "Campaigns did not load" })).toBeVisible();
  await expect(page.getByText("req_9")).toBeVisible();
  await page.unroute("**/api/campaigns");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("link", { name: "Clinics, autumn" })).toBeVisible();
});

test("who is signed out sees the door, and comes back to where they were going", async ({ page }) => {
  await openApp(page, "/campaigns", {
    signedOut: true,
    override: {
      "POST /api/auth/login": {
        access_token: "a",
        refresh_token: "b",
        expires_in: 900,
        user: {
          id: "user_1",
          name: "Maya Okafor",
          email: "maya@northquay.example",
          role: "owner",
          email_proof: "proven",
          phone_proven: false,
        },
        workspace: { id: "ws_1", name: "Northquay" },
      },
    },
  });
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("Enter your e-mail address.")).toBeVisible();
  await page.getByLabel("E-mail").fill("maya@northquay.example");
  await page.getByLabel("Password").fill("a long password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/campaigns$/);
  await expect(page.getByRole("link", { name: "Clinics, autumn" })).toBeVisible();
});

test("a draft survives a page that is closed", async ({ page }) => {
  await openApp(page, "/leads/lead_0#write");
  await page.getByRole("textbox", { name: "Message" }).fill("Hello Elena, about your question");
  await expect(page.getByText(/^Saved/)).toBeVisible();
  await page.reload();
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue("Hello Elena, about your question");
});

test("Esc leaves what one writes to a lead, and the words are kept", async ({ page }) => {
  const { errors } = await openApp(page, "/leads/lead_0");
  await page.getByRole("button", { name: /^Message / }).click();
  await page.getByLabel("Subject").fill("Your booking page");
  await page.keyboard.press("Escape");
  await expect(page.getByLabel("Subject")).toBeHidden();
  await page.getByRole("button", { name: /^Message / }).click();
  await expect(page.getByLabel("Subject")).toHaveValue("Your booking page");
  expect(errors).toEqual([]);
});
