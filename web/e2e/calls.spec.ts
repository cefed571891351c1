// Calls: the queue by keyboard, the outcome by key, a note that survives a reload, and tasks planned by hand.
import { expect, type Page, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const QUEUE = "GET /api/calls/queue";

const closes = (id: string) => `PATCH /api/tasks/${id}`;
/** The next request that an act of the user makes; the page asks for its connection by itself. */
const asked = (page: Page, method: string) =>
  page.waitForRequest((r) => r.method() === method && !r.url().endsWith("/push-tickets"));

test("a call back is logged by key, and the next lead follows", async ({ page }) => {
  const { errors } = await openApp(page, "/calls", { override: { [closes("task_21")]: {} } });
  const due = page.getByRole("region", { name: "Due" });
  const lead = (name: string) => page.getByRole("heading", { level: 2, name });
  await expect(lead("Owen Pryce")).toBeVisible();
  await expect(page.getByText("Can you ring me after half four?")).toBeVisible();
  await expect(page.getByRole("link", { name: /^Call \+44/ })).toHaveAttribute("href", "tel:+441174960142");
  await page.keyboard.press("j");
  await expect(lead("Marcus Hale")).toBeVisible();
  await page.keyboard.press("k");
  await expect(lead("Owen Pryce")).toBeVisible();
  const sent = asked(page, "PATCH");
  await page.keyboard.press("4");
  expect((await sent).postDataJSON()).toEqual({ done: true, outcome: "voicemail" });
  await expect(page.getByText("Voicemail: Call back")).toBeVisible();
  await expect(due.getByRole("button", { name: /Marcus Hale/ })).toHaveAttribute("aria-current", "true");
  const made = page.getByRole("region", { name: "Done today" });
  await expect(made.getByRole("listitem").filter({ hasText: "Rhian Webb" })).toContainText("Meeting booked");
  expect(errors).toEqual([]);
});

test("what ends sequences is confirmed, and a call back asks when", async ({ page }) => {
  await openApp(page, "/calls", { override: { [closes("task_21")]: {} } });
  await page.keyboard.press("9");
  await expect(page.getByText("Ends all sequences of the lead. This cannot be undone.")).toBeVisible();
  await page.getByRole("button", { name: "Other outcome" }).click();
  await page.keyboard.press("5");
  await expect(page.getByText("When does Owen Pryce want to be called?")).toBeVisible();
  const sent = asked(page, "PATCH");
  await page.getByRole("button", { name: /^Tomorrow/ }).click();
  const body = (await sent).postDataJSON();
  expect(body).toEqual({ done: true, outcome: "callback", again_at: "2026-11-18T09:00:00.000Z" });
});

test("a reply that waits becomes a call when its outcome is logged", async ({ page }) => {
  const made = { id: "task_40", lead_id: "lead_2", lead_name: "Marcus Hale", kind: "call", title: "Call" };
  const { errors } = await openApp(page, "/calls", {
    override: { "POST /api/tasks": made, [closes("task_40")]: {} },
  });
  await page.keyboard.press("n");
  await expect(page.getByRole("heading", { level: 2, name: "Marcus Hale" })).toBeVisible();
  await page.getByLabel("Note").fill("Wants a price for two chairs.");
  const [created, sent] = [asked(page, "POST"), asked(page, "PATCH")];
  await page.getByRole("button", { name: /Connected/ }).click();
  expect((await created).postDataJSON()).toEqual({ lead_id: "lead_2", kind: "call", title: "Call" });
  expect((await sent).postDataJSON()).toEqual({
    done: true,
    outcome: "connected",
    note: "Wants a price for two chairs.",
  });
  expect(errors).toEqual([]);
});

test("a note that is being written survives a reload", async ({ page }) => {
  await openApp(page, "/calls");
  await page.getByLabel("Note").fill("Partner decides too");
  await expect(page.getByText(/^saved/)).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Note")).toHaveValue("Partner decides too");
});

test("the order is explained, and the calls that were made are listed", async ({ page }) => {
  await openApp(page, "/calls");
  await page.keyboard.press("w");
  const why = page.getByRole("dialog", { name: "Why this order" });
  await expect(why.getByText("Owen Pryce: 91 points. The highest comes first.")).toBeVisible();
  await expect(why.getByRole("listitem").filter({ hasText: "Late" })).toContainText("+20");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "History" }).click();
  await expect(page.getByRole("row", { name: /Rhian Webb/ })).toContainText("Meeting booked");
  await expect(page.getByRole("row", { name: /Rhian Webb/ })).toContainText("4 min 12 s");
});

test("a task is planned with a reminder and a repetition", async ({ page }) => {
  await openApp(page, "/", { override: { "POST /api/tasks": {} } });
  await page.keyboard.press("t");
  const dialog = page.getByRole("dialog", { name: "New task" });
  await dialog.getByLabel("Lead").fill("elena");
  await dialog.getByRole("list", { name: "Leads found" }).getByRole("button").first().click();
  await dialog.getByRole("button", { name: "E-mail" }).click();
  await dialog.getByLabel("Title").fill("Send the terms");
  await dialog.getByLabel("Due").fill("2026-11-20T14:30");
  await dialog.getByLabel("Reminder").selectOption({ label: "15 minutes before" });
  await dialog.getByLabel("Repeat").selectOption({ label: "Every week" });
  const sent = asked(page, "POST");
  await dialog.getByRole("button", { name: "Create task" }).click();
  expect((await sent).postDataJSON()).toMatchObject({
    kind: "email",
    title: "Send the terms",
    due_at: "2026-11-20T14:30:00.000Z",
    remind_minutes: 15,
    repeat: { every: "week", zone: "Europe/London" },
  });
  await expect(page.getByText(/^Task planned for/)).toBeVisible();
});

test("a task is snoozed to a moment of the user's own", async ({ page }) => {
  const { errors } = await openApp(page, "/calls", { override: { [closes("task_21")]: {} } });
  await page.keyboard.press("h");
  const dialog = page.getByRole("dialog", { name: "Snooze" });
  await dialog.getByLabel("Custom time").fill("2026-11-19T15:15");
  const sent = asked(page, "PATCH");
  await dialog.getByRole("button", { name: "Snooze" }).click();
  expect((await sent).postDataJSON()).toEqual({ due_at: "2026-11-19T15:15:00.000Z" });
  expect(errors).toEqual([]);
});

test("an empty queue says what appears there", async ({ page }) => {
  await openApp(page, "/calls", { override: { [QUEUE]: { items: [], total: 0 } } });
  await expect(page.getByRole("heading", { name: "No calls are due" })).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
});

for (const width of [1440, 390]) {
  test(`the calls page and its dialogs are accessible, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await openApp(page, "/calls");
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await page.keyboard.press("t");
    await expect(page.getByRole("dialog", { name: "New task" })).toBeVisible();
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "History" }).click();
    await expect(page.getByRole("row", { name: /Rhian Webb/ })).toBeVisible();
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  });
}

test("the outcome of a call is logged from Today, with a note", async ({ page }) => {
  const { errors } = await openApp(page, "/", { override: { [closes("task_2")]: {} } });
  await page
    .getByRole("button", { name: /^Log outcome: .+, Elena Marsh$/ })
    .first()
    .click();
  const dialog = page.getByRole("dialog", { name: "Log outcome" });
  await expect(dialog.getByText("Call again on the next working day, try 2 of 3").first()).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await dialog.getByLabel("Note").fill("Her partner decides");
  await dialog.getByLabel("Minutes on the phone").fill("1.5");
  const sent = asked(page, "PATCH");
  await dialog.getByRole("button", { name: /Gatekeeper/ }).click();
  expect((await sent).postDataJSON()).toEqual({
    done: true,
    outcome: "gatekeeper",
    note: "Her partner decides",
    call_seconds: 90,
  });
  await expect(page.getByText(/^Gatekeeper:/)).toBeVisible();
  expect(errors).toEqual([]);
});
