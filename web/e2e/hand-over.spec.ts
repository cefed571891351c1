// Handing over the leads of a member who leaves: to others in turn, with a way back, and before the member is
// deactivated.
import { expect, type Page, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const LEADS = { items: ["lead_1", "lead_2", "lead_3"].map((id) => ({ id })), next_cursor: null, total: 3 };
const BACK = { ids: ["lead_1", "lead_2", "lead_3"], action: { do: "assign", owner: "user_2" } };
const ANSWER = { matched: 3, changed: 3, skipped: [], job: null, undo: [BACK], seen: [] };

/** The bodies of the bulk changes from now on. */
function changes(page: Page) {
  const bodies: unknown[] = [];
  page.on("request", (r) => {
    if (r.url().endsWith("/api/leads/bulk") && r.method() === "POST") bodies.push(r.postDataJSON());
  });
  return bodies;
}

test("a member with leads is not deactivated unasked: the leads go to a colleague, and can be put back", async ({
  page,
}) => {
  const override = { "GET /api/leads": LEADS, "POST /api/leads/bulk": ANSWER };
  const { errors } = await openApp(page, "/settings/team", { override });
  const bodies = changes(page);
  await page.getByRole("button", { name: "Deactivate" }).click();
  const asks = page.getByRole("dialog", { name: "Deactivate Tom Asher" });
  await expect(asks.getByText("Tom Asher owns 3 leads.")).toBeVisible();
  await asks.getByRole("button", { name: "Hand over leads" }).click();
  const dialog = page.getByRole("dialog", { name: "Hand over the leads of Tom Asher" });
  await dialog.getByLabel("New owner").selectOption({ label: "Maya Okafor" });
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await dialog.getByRole("button", { name: "Hand over 3 leads" }).click();
  await expect(page.getByText("Handed over 3 leads of Tom Asher")).toBeVisible();
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect
    .poll(() => bodies)
    .toEqual([
      { ids: ["lead_1", "lead_2", "lead_3"], action: { do: "assign", owner: "user_1", from: "user_2" } },
      BACK,
    ]);
  expect(errors).toEqual([]);
});

test("leads go by the routing rules, as if their owner were away", async ({ page }) => {
  await openApp(page, "/settings/team", { override: { "GET /api/leads": LEADS, "POST /api/leads/bulk": ANSWER } });
  const bodies = changes(page);
  await page.getByRole("button", { name: "Hand over the leads of Tom Asher" }).click();
  const dialog = page.getByRole("dialog", { name: "Hand over the leads of Tom Asher" });
  await dialog.getByLabel("Give them to").selectOption("route");
  await dialog.getByRole("button", { name: "Hand over 3 leads" }).click();
  await expect.poll(() => bodies).toEqual([{ ids: BACK.ids, action: { do: "route", from: "user_2" } }]);
});

test("the last owner is told why the workspace cannot be left", async ({ page }) => {
  const detail = "You are the last owner. Make another member an owner before you leave.";
  await openApp(page, "/settings/profile", {
    failing: (url) => url.pathname === "/api/auth/leave",
    problem: { status: 409, code: "last_owner", detail },
  });
  await page.getByRole("button", { name: "Leave the workspace" }).click();
  const dialog = page.getByRole("dialog", { name: /^Leave / });
  await dialog.getByRole("button", { name: "Leave", exact: true }).click();
  await expect(dialog.getByText(detail)).toBeVisible();
});
