// The board: cards are moved by mouse, by keys and by their button; a move that is refused is taken back exactly.
import { expect, type Page, test } from "@playwright/test";
import { ANSWERS } from "./answers";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";

const PAGE = "/leads?layout=board";
const LEAD = ANSWERS["GET /api/leads/lead_0"] as object;
// Owen Pryce, the second lead that replied; his revision is 3.
const OWEN = "lead_7";
const OVERRIDE = { [`PATCH /api/leads/${OWEN}`]: { ...LEAD, id: OWEN, rev: 4, stage_since: "2026-11-17T10:42:00Z" } };

const column = (page: Page, name: string) => page.locator(`section[aria-label="Stage ${name}"]`);
const card = (page: Page, id = OWEN) => page.locator(`[data-card="${id}"]`);
/** The stage of a card, and the numbers beside the names of all stages. */
const state = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("[data-stage]")].map((stage) => [
      stage.querySelector("h2")?.textContent,
      ...[...stage.querySelectorAll("[data-card]")].map((card) => (card as HTMLElement).dataset.card),
    ]),
  );
const patched = (page: Page) =>
  page.waitForRequest((r) => r.method() === "PATCH" && new URL(r.url()).pathname === `/api/leads/${OWEN}`);

/** Waits for two frames, in which the page takes in where the pointer is. */
const drawn = (page: Page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** Drags as a hand does: pragmatic-drag-and-drop does not hear Playwright's own drag. */
async function drag(page: Page, id: string, to: string) {
  const from = await card(page, id).boundingBox();
  const target = await column(page, to).boundingBox();
  if (!from || !target) throw new Error("a card or a column is not in sight");
  const [x, y] = [from.x + 60, from.y + 20];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 12, y + 12, { steps: 4 });
  await drawn(page);
  await page.mouse.move(target.x + target.width / 2, target.y + 120, { steps: 10 });
  await drawn(page);
  await page.mouse.up();
}

/** The code for dragging is fetched once the user acts. */
async function open(page: Page, override: object = OVERRIDE) {
  const opened = await openApp(page, PAGE, { override: { ...override } });
  await expect(card(page)).toBeVisible();
  const fetched = page.waitForResponse((r) => /drag-/.test(r.url()));
  await page.mouse.move(300, 20);
  await page.mouse.move(310, 24);
  await fetched;
  await expect(card(page)).toHaveAttribute("draggable", "true");
  return opened;
}

test("a card is dragged to another stage, and Undo brings it back", async ({ page }) => {
  const { errors } = await open(page);
  const before = await state(page);
  const request = patched(page);
  await drag(page, OWEN, "Qualified");
  expect((await request).postDataJSON()).toEqual({ status: "qualified", rev: 3 });
  await expect(column(page, "Qualified").locator(`[data-card="${OWEN}"]`)).toBeVisible();
  await expect(column(page, "Qualified").getByRole("heading")).toHaveText("Qualified9");
  await expect(column(page, "Replied").getByRole("heading")).toHaveText("Replied14");
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/board-1440.png` });
  const back = patched(page);
  await page.getByRole("button", { name: "Undo" }).click();
  expect((await back).postDataJSON()).toEqual({ status: "replied", lost_reason: null });
  await expect.poll(() => state(page)).toEqual(before);
  expect(errors).toEqual([]);
});

test("a card that is dropped on Lost asks why, by number, and stays where it was without an answer", async ({
  page,
}) => {
  const { errors } = await open(page);
  const before = await state(page);
  await drag(page, OWEN, "Lost");
  const dialog = page.getByRole("dialog", { name: "Why is Owen Pryce lost?" });
  await expect(dialog).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  expect(await state(page)).toEqual(before);
  const request = patched(page);
  await drag(page, OWEN, "Lost");
  await expect(dialog).toBeVisible();
  await page.keyboard.press("2");
  expect((await request).postDataJSON()).toEqual({ status: "lost", lost_reason: "too_expensive", rev: 3 });
  await expect(column(page, "Lost").locator(`[data-card="${OWEN}"]`)).toContainText("Too expensive");
  expect(errors).toEqual([]);
});

test("keys go from card to card, move one, and put it back", async ({ page }) => {
  const { errors } = await openApp(page, PAGE, { override: OVERRIDE });
  await card(page, "lead_1").focus();
  await page.keyboard.press("ArrowLeft");
  await expect(card(page, "lead_2")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(card(page, "lead_16")).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(card(page, "lead_2")).toBeFocused();
  await card(page).focus();
  const request = patched(page);
  await page.keyboard.press("Shift+ArrowRight");
  expect((await request).postDataJSON()).toEqual({ status: "qualified", rev: 3 });
  await expect(column(page, "Qualified").locator(`[data-card="${OWEN}"]`)).toBeFocused();
  await expect(page.getByText("Owen Pryce is in Qualified")).toBeAttached();
  const back = patched(page);
  await page.keyboard.press("Escape");
  expect((await back).postDataJSON()).toEqual({ status: "replied", rev: 4 });
  await expect(column(page, "Replied").locator(`[data-card="${OWEN}"]`)).toBeFocused();
  await page.keyboard.press("Enter");
  await page.waitForURL((at) => at.pathname === `/leads/${OWEN}`);
  expect(errors).toEqual([]);
});

test("a key shows the board, and an arrow goes to its first card from anywhere", async ({ page }) => {
  const { errors } = await openApp(page, "/leads", { override: OVERRIDE });
  await page.keyboard.press("b");
  await expect(card(page, "lead_1")).toBeVisible();
  await page.keyboard.press("ArrowDown");
  const first = page.locator("[data-card]").first();
  await expect(first).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(first).not.toBeFocused();
  await expect(page.locator("[data-card]:focus")).toHaveCount(1);
  const list = page.getByRole("region", { name: "Leads in Contacted" });
  await list.focus();
  await page.keyboard.press("ArrowDown");
  await expect(list, "it scrolls").toBeFocused();
  await page.keyboard.press("b");
  await expect(page.getByRole("row", { name: /Elena Marsh/ }).first()).toBeVisible();
  expect(errors).toEqual([]);
});

test("a move that the server refuses leaves the board exactly as it was, and says why", async ({ page }) => {
  await open(page);
  const before = await state(page);
  await page.route(`**/api/leads/${OWEN}`, (route) =>
    route.fulfill({
      status: 409,
      json: {
        type: "about:blank",
        title: "Conflict",
        status: 409,
        code: "conflict",
        detail: "Someone else changed it.",
      },
    }),
  );
  await drag(page, OWEN, "Contacted");
  await expect(page.getByText("Could not move Owen Pryce. Someone else changed it.")).toBeVisible();
  await expect.poll(() => state(page)).toEqual(before);
});

test("few of thousands of cards are in the page, and the last in sight asks for more", async ({ page }) => {
  const { errors } = await openApp(page, PAGE, { override: OVERRIDE });
  await expect(column(page, "Contacted").getByRole("heading")).toHaveText("Contacted9,120");
  expect(await page.locator("[data-card]").count()).toBeLessThanOrEqual(80);
  const more = page.waitForRequest((r) => new URL(r.url()).searchParams.get("cursor") === "more");
  await page.getByRole("region", { name: "Leads in Contacted" }).evaluate((list) => {
    list.scrollTop = list.scrollHeight;
  });
  expect(new URL((await more).url()).searchParams.get("status")).toBe("contacted");
  expect(await page.locator("[data-card]").count()).toBeLessThanOrEqual(80);
  expect(errors).toEqual([]);
});

test("the board has no fault of access, in both themes, with lanes and on a phone", async ({ page }) => {
  const { errors } = await openApp(page, PAGE, { override: OVERRIDE });
  await expect(card(page)).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await page.getByRole("combobox", { name: "Lanes" }).selectOption("owner");
  const lane = page.getByRole("region", { name: /^Leads of / }).first();
  await expect(lane.locator("[data-card]").first()).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/board-lanes.png` });
  const fold = lane.getByRole("button", { expanded: true }).first();
  await fold.click();
  await expect(lane.locator("[data-card]")).toHaveCount(0);
  await page.getByRole("combobox", { name: "Lanes" }).selectOption("none");
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.locator("[data-stage]")).toHaveCount(1);
  await page.getByLabel("Stage shown").selectOption({ label: "Replied (15)" });
  await expect(card(page)).toBeVisible();
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect(await violationsInBothThemes(page)).toEqual([]);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/board-390.png` });
  await page.getByRole("button", { name: "Move Owen Pryce to…" }).click();
  const request = patched(page);
  await page.getByRole("dialog").getByRole("button", { name: "Qualified" }).click();
  expect((await request).postDataJSON()).toEqual({ status: "qualified", rev: 3 });
  expect(errors).toEqual([]);
});

test("a stage is added to the pipeline, and one with leads is deleted once they are moved", async ({ page }) => {
  const saved = ANSWERS["GET /api/stages"] as { stages: object[]; lost_reasons: object[]; rev: number };
  const { errors } = await openApp(page, "/settings/pipeline", {
    override: {
      "PUT /api/stages": saved,
      "GET /api/leads": { items: [{ ...LEAD, fields: {} }], next_cursor: null, total: 1 },
      "POST /api/leads/bulk": { matched: 1, changed: 1, skipped: [], undo: [], seen: [] },
    },
  });
  expect(await violationsInBothThemes(page)).toEqual([]);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/pipeline.png` });
  const put = () => page.waitForRequest((r) => r.method() === "PUT" && r.url().endsWith("/api/stages"));
  await page.getByRole("button", { name: "Add a stage" }).click();
  await page.getByLabel("Name").fill("Demo booked");
  await page.getByLabel("Probability in percent").fill("101");
  await page.getByRole("button", { name: "Add stage" }).click();
  await expect(page.getByText("Enter a whole number from 0 to 100")).toBeVisible();
  await page.getByLabel("Probability in percent").fill("70");
  let request = put();
  await page.getByRole("button", { name: "Add stage" }).click();
  const demo = { name: "Demo booked", probability: 70, stale_after_days: 14 };
  const stages = [...saved.stages.slice(0, 4), demo, ...saved.stages.slice(4)];
  expect((await request).postDataJSON()).toEqual({ ...saved, stages });
  request = put();
  await page.getByRole("button", { name: "Move Qualified up" }).press("Enter");
  const order = ((await request).postDataJSON().stages as { id: string }[]).map(({ id }) => id);
  expect(order).toEqual(["new", "contacted", "qualified", "replied", "won", "lost"]);
  await page.getByRole("button", { name: "Delete Qualified" }).click();
  await page.getByLabel("Move 1 lead to").selectOption("new");
  const bulk = page.waitForRequest((r) => r.url().endsWith("/api/leads/bulk"));
  request = put();
  await page.getByRole("button", { name: "Move 1 lead and delete" }).click();
  expect((await bulk).postDataJSON()).toEqual({ ids: ["lead_0"], action: { do: "status", status: "new" } });
  expect((await request).postDataJSON().stages).toHaveLength(5);
  expect(errors).toEqual([]);
});
