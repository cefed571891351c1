// Columns that fill themselves: the table, the run and its cap, how a value was found, and a column's form.
import { expect, type Page, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";
import { columnAnswers, failedAnswers, OUT_OF_MONEY, RUN } from "./columns-answer";

const shots = process.env.COLUMN_SHOTS;
const shot = async (page: Page, name: string) => {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png` });
};
const grid = (page: Page) => page.getByRole("grid", { name: "Leads and their columns" });
const bar = (page: Page) => page.getByRole("region", { name: "Run", exact: true });

test("a table fills itself: cells in every state, the run's progress, and how a value was found, by keyboard", async ({
  page,
}) => {
  const { errors } = await openApp(page, "/leads/columns", { override: columnAnswers() });
  await expect(bar(page)).toContainText("312 of 486 rows");
  await expect(bar(page)).toContainText("US$9.36 of US$20.00");
  for (const name of [
    "elena@lindenphysio.example Own website",
    "lucy@harbourstreetdental.example 61%",
    "running: Hunter, 2 of 3",
    "failed: Apollo busy, again 10:43",
    "skipped: in a sequence",
    "answer lost",
    "answers later",
    "beth@fernhill.example",
  ])
    await expect(grid(page).getByRole("gridcell", { name, exact: true }).first()).toBeVisible();
  await shot(page, "table-light");
  expect(await violationsInBothThemes(page)).toEqual([]);
  await grid(page).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const found = page.getByRole("region", { name: "How it was found" });
  await expect(found.getByRole("listitem")).toHaveText([
    /Own website: not found/,
    /Hunter: 41%, not taken \(below 85%\)/,
    /Apollo: 97%, taken/,
  ]);
  await expect(page.getByRole("region", { name: "Money of the run" })).toContainText("US$0.27 reserved");
  await shot(page, "panel-light");
  expect(await violationsInBothThemes(page)).toEqual([]);
  const again = page.waitForRequest((request) => request.url().endsWith("/columns/column_1/cells/lead_2/run"));
  await page.keyboard.press("r");
  await again;
  await page.keyboard.press("Escape");
  await expect(found).toHaveCount(0);
  await page.evaluate(() => {
    document.documentElement.dataset.theme = "dark";
  });
  await shot(page, "table-dark");
  expect(errors).toEqual([]);
});

test("a hidden page asks for no cells, and a shown one once a second at most", async ({ page }) => {
  await page.clock.install();
  await openApp(page, "/leads/columns", { override: columnAnswers() });
  await expect(bar(page)).toBeVisible();
  let asked = 0;
  page.on("request", (request) => {
    if (request.url().includes("/api/columns/")) asked += 1;
  });
  await page.clock.runFor(3_000);
  await expect.poll(() => asked).toBeGreaterThan(0);
  expect(asked).toBeLessThanOrEqual(10);
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await page.clock.runFor(1_200);
  asked = 0;
  await page.clock.runFor(3_000);
  expect(asked).toBe(0);
});

test("a run starts after its estimate, under a cap that its button names", async ({ page }) => {
  const { errors } = await openApp(page, "/leads/columns", { override: columnAnswers() });
  await page.getByRole("button", { name: "Fill columns" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Fill 486 rows, at most US$20.00" })).toBeEnabled();
  await expect(dialog.getByRole("row", { name: /Mobile/ })).toContainText("US$24.30");
  await shot(page, "start-light");
  expect(await violationsInBothThemes(page)).toEqual([]);
  await dialog.getByLabel("The most that this run may spend").fill("12.50");
  const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/columns/runs"));
  await dialog.getByRole("button", { name: "Fill 486 rows, at most US$12.50" }).click();
  const body = (await sent).postDataJSON();
  expect(body).toMatchObject({ cap: 12_500_000, only_gaps: true, overwrite: false, again: false });
  expect(body.columns).toHaveLength(4);
  expect(typeof body.expected_count).toBe("number");
  await expect(page).toHaveURL(/run=columnrun_1/);
  await expect(dialog).toHaveCount(0);
  expect(errors).toEqual([]);
});

test("a run that is out of money says so, and goes on with a higher cap", async ({ page }) => {
  await openApp(page, "/leads/columns", { override: columnAnswers(OUT_OF_MONEY) });
  await expect(bar(page)).toContainText("Limit reached");
  await expect(bar(page)).toContainText("US$0.012 left of the run's cap");
  expect(await violationsInBothThemes(page)).toEqual([]);
  await page.getByRole("button", { name: "Raise the cap" }).click();
  const dialog = page.getByRole("dialog");
  const cap = page.waitForRequest((request) => request.url().endsWith("/cap"));
  const resumed = page.waitForRequest((request) => request.url().endsWith("/resume"));
  await shot(page, "raise-light");
  await dialog.getByRole("button", { name: "Raise to US$30.00 and resume" }).click();
  expect((await cap).postDataJSON()).toEqual({ cap: 30_000_000 });
  await resumed;
  await expect(dialog).toHaveCount(0);
});

test("a run that no worker has yet says that it waits, and for how long", async ({ page }) => {
  const waiting = { ...RUN, done: 0, counts: {}, sources: {}, spent: 0, started_at: "2026-11-17T10:40:00Z" };
  await openApp(page, "/leads/columns?run=columnrun_1", { override: columnAnswers(waiting) });
  await expect(bar(page)).toContainText(/waiting for its turn for \d+ (s|min)/);
  const begun = { ...waiting, worker_until: "2026-11-17T23:00:00Z" };
  await openApp(page, "/leads/columns?run=columnrun_1", { override: columnAnswers(begun) });
  await expect(bar(page)).toContainText(/starting for \d+ (s|min)/);
});

test("a run stops at once", async ({ page }) => {
  const answers = columnAnswers();
  await openApp(page, "/leads/columns?run=columnrun_1", { override: answers });
  const stopped = page.waitForRequest((request) => request.url().endsWith("/runs/columnrun_1/stop"));
  await page.getByRole("button", { name: "Stop now" }).click();
  await stopped;
  await expect(page.getByText(/174 rows were not asked/)).toBeVisible();
});

test("the runs so far name their results, and lead to the rows that failed", async ({ page }) => {
  const answers = { ...columnAnswers(), ...failedAnswers() };
  const { errors } = await openApp(page, "/leads/columns?show=runs", { override: answers });
  await expect(page.getByRole("row", { name: /Running/ })).toContainText("312 of 486");
  await shot(page, "runs-light");
  expect(await violationsInBothThemes(page)).toEqual([]);
  await page
    .getByRole("row", { name: /Running/ })
    .getByRole("button", { name: /failed/ })
    .click();
  await expect(page).toHaveURL(/only=failed/);
  for (const name of [/Derek Soto/, /Hannah Vogt/]) await expect(grid(page).getByRole("row", { name })).toHaveCount(1);
  await expect(grid(page).getByText("Elena Marsh")).toHaveCount(0);
  expect(errors).toEqual([]);
});

test("a column is made from a good first draft, and the API's error stands at its field", async ({ page }) => {
  const { errors } = await openApp(page, "/leads/columns", { override: columnAnswers({ ...RUN, state: "done" }, []) });
  await expect(page.getByRole("heading", { name: "No columns yet" })).toBeVisible();
  await shot(page, "empty-light");
  expect(await violationsInBothThemes(page)).toEqual([]);
  await page.getByRole("button", { name: "Add E-mail, by a waterfall" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("Name", { exact: true })).toHaveValue("E-mail");
  await dialog.getByRole("button", { name: "Ask Hunter earlier" }).click();
  await shot(page, "editor-light");
  expect(await violationsInBothThemes(page)).toEqual([]);
  const problem = {
    status: 422,
    code: "invalid",
    detail: "Some fields are not valid.",
    errors: [{ field: "condition", detail: "cannot be read: unexpected end" }],
  };
  await page.route("**/api/columns", (route) =>
    route.request().method() === "POST" ? route.fulfill({ status: 422, json: problem }) : route.fallback(),
  );
  const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/api/columns"));
  await dialog.getByRole("button", { name: "Make column" }).click();
  expect((await sent).postDataJSON()).toEqual({
    name: "E-mail",
    target: { to: "lead_field", field: "email" },
    recipe: {
      kind: "enrichment",
      field: "email",
      providers: [
        { provider: "hunter", min_confidence: 85 },
        { provider: "website", min_confidence: 0 },
      ],
    },
    condition: "not email",
    triggers: { on_new: false, on_change: false, schedule: null },
    fresh_days: 90,
    month_cap: null,
  });
  await expect(dialog.getByText("cannot be read: unexpected end")).toBeVisible();
  expect(errors).toEqual([]);
});

for (const kind of ["ai", "formula", "lookup", "webhook", "actor"]) {
  test(`the form of a column of the kind ${kind} is accessible`, async ({ page }) => {
    const { errors } = await openApp(page, "/leads/columns", { override: columnAnswers() });
    await page.getByRole("button", { name: "Column", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Recipe").selectOption(kind);
    if (kind === "formula") {
      await dialog.getByLabel("Formula").fill("rating * 20");
      await expect(dialog.getByRole("region", { name: "Preview" })).toContainText("'rating' has no value");
    }
    if (kind === "webhook") await dialog.getByRole("button", { name: "Add a header" }).click();
    await shot(page, `editor-${kind}`);
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(errors).toEqual([]);
  });
}

for (const [width, height] of [
  [390, 844],
  [320, 640],
] as const) {
  test(`columns are cards, and a cell opens a sheet, ${width} wide`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    const { errors } = await openApp(page, "/leads/columns", { override: columnAnswers() });
    await expect(bar(page)).toContainText("312 of 486 rows");
    await shot(page, `cards-${width}`);
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    await page.getByRole("button", { name: "E-mail marcus@haledaughtersdental.example Apollo" }).click();
    await expect(page.getByRole("dialog").getByText("Apollo: 97%, taken")).toBeVisible();
    await shot(page, `sheet-${width}`);
    expect(await violationsInBothThemes(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(errors).toEqual([]);
  });
}
