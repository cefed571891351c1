// A rep who sees own leads only: no figures of all leads, no pages that are refused, and an empty list that says why.
import { expect, type Page, test } from "@playwright/test";
import { SESSION } from "./answers";
import { openApp } from "./app";

const asRep = (page: Page, path: string, override: Record<string, unknown> = {}) => {
  const session = { ...SESSION, user: { ...SESSION.user, role: "rep" }, sees: "own" };
  return openApp(page, path, {
    override: { "POST /api/auth/refresh": session, "GET /api/auth/me": session, ...override },
    // The server refuses a rep the totals of all leads.
    failing: (url) => url.pathname.startsWith("/api/dashboard/"),
    problem: { status: 403, code: "own_leads_only" },
  });
};

test("today shows a rep tasks, replies and hot leads, and asks for no totals", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const { errors } = await asRep(page, "/");
  await expect(page.getByRole("heading", { name: "Waiting for your reply" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Hot leads" })).toBeVisible();
  await expect(page.getByText("MRR")).toBeHidden();
  const main = page.getByRole("navigation", { name: "Main" }).first();
  await expect(main.getByRole("link", { name: "Leads" })).toBeVisible();
  await expect(main.getByRole("link", { name: "Companies" })).toBeHidden();
  await expect(main.getByRole("link", { name: "Revenue" })).toBeHidden();
  expect(asked.filter((path) => path.startsWith("/api/dashboard/"))).toEqual([]);
  expect(errors).toEqual([]);
});

test("a rep without leads is told that none are theirs yet", async ({ page }) => {
  await asRep(page, "/leads", { "GET /api/leads": { items: [], total: 0 } });
  await expect(page.getByRole("heading", { name: "No leads are yours yet" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Duplicates" })).toBeHidden();
});

test("an admin lets reps see their own leads and reads who is in which team", async ({ page }) => {
  await openApp(page, "/settings/team");
  await expect(page.getByLabel("Reps see")).toBeVisible();
  await expect(page.getByRole("region", { name: "Who sees which leads" }).getByText("North")).toBeVisible();
});
