// Targets: what the team and its members have reached, setting them in place, undoing that, and what a rep sees.
import { expect, type Page, test } from "@playwright/test";
import { SESSION } from "./answers";
import { openApp } from "./app";
import { violations } from "./axe";
import { targetsOf } from "./targets-answer";

const shots = async (page: Page, name: string) => {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/targets-${name}.png`, fullPage: true });
};

const NONE = { target: null, actual: 0, expected: null, projected: 0 };
const nothing = { calls: NONE, meetings: NONE, won: NONE, collected: NONE };
const EMPTY = {
  ...targetsOf("2026-11"),
  team: nothing,
  members: targetsOf("2026-11").members.map((member) => ({ ...member, progress: nothing })),
};

/** Answers the saving of targets with them, and keeps what was sent. */
async function takes(page: Page) {
  const bodies: Record<string, unknown>[] = [];
  await page.route("**/api/targets/*", async (route) => {
    bodies.push(route.request().postDataJSON());
    await route.fulfill({ json: { ...targetsOf("2026-11"), rev: 3 + bodies.length } });
  });
  return bodies;
}

for (const theme of ["light", "dark"] as const)
  test(`the page says what was reached and how far that is from the pace, ${theme}`, async ({ page }) => {
    const { errors } = await openApp(page, "/targets", { theme });
    const team = page.getByRole("region", { name: "Team" });
    await expect(team).toContainText("232 of 400");
    await expect(team).toContainText("22 ahead of pace, about 443 at this pace");
    const maya = page.getByRole("row", { name: /Maya Okafor/ });
    await expect(maya).toContainText("12 of 40");
    await expect(maya).toContainText("9 behind pace");
    await expect(maya).toContainText("4 of 4");
    await expect(maya).toContainText("reached");
    await expect(page.getByText("Payments in other currencies than GBP are not counted.")).toBeVisible();
    const months = page.getByRole("table", { name: "Calls by month" });
    await expect(months.getByRole("row")).toHaveCount(7);
    await page.getByRole("combobox", { name: "Figure" }).selectOption("collected");
    await expect(page.getByRole("table", { name: "Collected by month" })).toContainText("£7,355");
    expect(await violations(page)).toEqual([]);
    await shots(page, theme);
    expect(errors).toEqual([]);
  });

test("targets are set in place by keyboard, a fault is named, and saving is undone", async ({ page }) => {
  const { errors } = await openApp(page, "/targets");
  const bodies = await takes(page);
  await page.keyboard.press("e");
  const calls = page.getByRole("textbox", { name: "Calls, Team" });
  await expect(calls).toBeFocused();
  await calls.fill("many");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toHaveText(
    "Enter calls as a whole number from 1 to 1,000,000, or leave it empty.",
  );
  expect(await violations(page)).toEqual([]);
  await shots(page, "edit");
  await calls.fill("1,500");
  await page.getByRole("textbox", { name: "Collected, Tom Asher" }).fill("2500.50");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Targets saved")).toBeVisible();
  expect(bodies[0]).toEqual({
    team: { calls: 1500, meetings: 20, won: 6, collected_minor: 1_200_000 },
    members: [
      { user: "user_1", targets: { calls: 40, meetings: 4, collected_minor: 500_000 } },
      { user: "user_2", targets: { calls: 360, meetings: 16, collected_minor: 250_050 } },
    ],
    rev: 3,
  });
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => bodies.length).toBe(2);
  expect(bodies[1]).toMatchObject({ team: { calls: 400 }, rev: 4 });
  expect(errors).toEqual([]);
});

test("a month without targets takes those of the month before", async ({ page }) => {
  await openApp(page, "/targets?month=2026-12", {
    override: {
      "GET /api/targets": (url: URL) => {
        const month = url.searchParams.get("month") ?? "";
        return month === "2026-12" ? { ...EMPTY, month, days_over: 0 } : targetsOf(month);
      },
    },
  });
  const bodies = await takes(page);
  await expect(page.getByRole("heading", { name: "No targets in this month" })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("main").getByRole("button", { name: "Set targets" }).last().click();
  await page.getByRole("button", { name: "Copy November 2026" }).click();
  await expect(page.getByRole("textbox", { name: "Calls, Maya Okafor" })).toHaveValue("40");
  await page.getByRole("button", { name: "Save targets" }).click();
  await expect.poll(() => bodies.length).toBe(1);
  expect(bodies[0]).toMatchObject({ team: { calls: 400 }, rev: 3 });
});

test("a rep sees their own figures on a phone, on the page and among the calls, and sets none", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const session = { ...SESSION, user: { ...SESSION.user, role: "rep" }, sees: "own" };
  const own = (url: URL) => {
    const all = targetsOf(url.searchParams.get("month") ?? "2026-11");
    return { ...all, team: null, may_change: false, members: all.members.slice(0, 1) };
  };
  const override = {
    "POST /api/auth/refresh": session,
    "GET /api/auth/me": session,
    "GET /api/targets": own,
  };
  const { errors } = await openApp(page, "/targets", { override });
  await expect(page.getByRole("heading", { name: "Your figures" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Team" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Set targets" })).toHaveCount(0);
  await expect(page.getByText("yours", { exact: true })).toBeVisible();
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(await wide()).toBeLessThanOrEqual(0);
  expect(await violations(page)).toEqual([]);
  await shots(page, "phone");
  await page.goto("https://app.invalid/calls");
  const card = page.getByRole("region", { name: "My targets" });
  await expect(card).toContainText("12 of 40");
  await expect(card).toContainText("9 behind pace");
  expect(await wide()).toBeLessThanOrEqual(0);
  expect(await violations(page)).toEqual([]);
  expect(errors).toEqual([]);
});
