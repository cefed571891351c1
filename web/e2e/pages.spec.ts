// Every page, wide and on a phone, in one visit each: nothing moves while it loads, no more is fetched than its budget, axe
// finds nothing in light or dark, nothing overflows, and the console is silent.
import { mkdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, type Page, test } from "@playwright/test";
import { openApp } from "./app";
import { overflow, violationsInBothThemes } from "./axe";
import { PAGES } from "./places";

/** KB of scripts, packed, that a page may fetch before the user acts. `scripts/budgets.mjs` has the same bounds. */
const MOST_KB = 185;
const MOST_SHIFT = 0.02;
const DIST = new URL("../dist/", import.meta.url).pathname;
const shots = process.env.SHOTS;
const only = process.env.ONLY?.split(",");

interface Shift {
  value: number;
  what: string[];
}

/** Observes layout shifts from before the first paint. */
const watchShifts = (page: Page) =>
  page.addInitScript(() => {
    const shifts: Shift[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
        sources: { node?: Node; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
      })[]) {
        if (entry.hadRecentInput) continue;
        const box = (r: DOMRectReadOnly) => [r.x, r.y, r.width, r.height].map(Math.round).join(" ");
        shifts.push({
          value: entry.value,
          what: entry.sources.map(
            ({ node, previousRect, currentRect }) =>
              `${(node as Element | undefined)?.nodeName} "${node?.textContent?.slice(0, 30)}" ${box(previousRect)} → ${box(currentRect)}`,
          ),
        });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });

/** Waits until no request was made for a while and two frames were drawn since. */
async function settled(page: Page) {
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/**
 * Delivers the answers in the order of the requests, or in reverse, so that each part is drawn both before and after
 * the part above it.
 */
const STEP_MS = 12;
const inOrder = (before: number) => STEP_MS * (1 + (before % 12));
const lastFirst = (before: number) => STEP_MS * (12 - (before % 12));

const kb = (file: string) => gzipSync(readFileSync(`${DIST}${file}`), { level: 6 }).length / 1024;

const PLACES: [name: string, path: string, signedOut: boolean][] = [
  ["sign-in", "/sign-in", true],
  ["sign-up", "/sign-up", true],
  ...PAGES.map(([name, path]): [string, string, boolean] => [name, path, false]),
];

/** What a second width can change, where the page itself has passed every rule. */
const RULES_OF_A_WIDTH = ["color-contrast", "target-size"];

for (const [name, path, signedOut] of PLACES) {
  if (only && !only.includes(name)) continue;
  for (const [width, height, order, rules] of [
    [1440, 900, inOrder, undefined],
    [390, 844, lastFirst, RULES_OF_A_WIDTH],
  ] as const) {
    test(`${name}, ${width} wide`, async ({ page }) => {
      await page.setViewportSize({ width, height });
      const fetched = new Set<string>();
      page.on("request", (request) => {
        const file = new URL(request.url()).pathname;
        if (file.endsWith(".js")) fetched.add(file);
      });
      await watchShifts(page);
      const { errors } = await openApp(page, path, {
        theme: "light",
        signedOut,
        delayOf: (_, before) => order(before),
      });
      await settled(page);
      const shifts = await page.evaluate(() => (window as unknown as { shifts: Shift[] }).shifts);
      const moved = shifts.reduce((sum, s) => sum + s.value, 0);
      expect(moved, JSON.stringify(shifts, null, 1)).toBeLessThanOrEqual(MOST_SHIFT);
      const size = [...fetched].reduce((sum, file) => sum + kb(file), 0);
      expect(size, [...fetched].map((f) => `${kb(f).toFixed(1)} ${f}`).join("\n")).toBeLessThanOrEqual(MOST_KB);
      if (shots) {
        mkdirSync(shots, { recursive: true });
        await page.screenshot({ path: `${shots}/${name}-${width}-light.png` });
      }
      expect(await violationsInBothThemes(page, rules)).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      expect(errors).toEqual([]);
    });
  }
}

test("a simulated message, opened in its row", async ({ page }) => {
  if (only && !only.includes("simulation")) return;
  const { errors } = await openApp(page, "/campaigns/campaign_1/simulation", { theme: "light" });
  await page
    .getByRole("button", { name: /^Read 1 E-mail/ })
    .first()
    .click();
  await expect(page.getByText("your guests praise the garden")).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 390, height: 900 });
  expect(await violationsInBothThemes(page, RULES_OF_A_WIDTH)).toEqual([]);
  expect(await overflow(page)).toBeLessThanOrEqual(0);
  expect(errors).toEqual([]);
});
