// The first load of every page, wide and on a phone: what it fetches before the user acts, and that nothing moves.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, type Page, test } from "@playwright/test";
import { openApp } from "./app";
import { PAGES } from "./places";

/** A campaign's page is no entry page: its charts, leads and auto-enrol stand on one page. */
const mostKb = (name: string) => (name === "campaign" ? 176 : 170);
const MOST_SHIFT = 0.02;
const DIST = new URL("../dist/", import.meta.url).pathname;

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

for (const [name, path, signedOut] of PLACES) {
  for (const [width, height, order] of [
    [1440, 900, inOrder],
    [390, 844, lastFirst],
  ] as const) {
    test(`${name}, ${width} wide: nothing moves, and no more is fetched than is shown`, async ({ page }) => {
      await page.setViewportSize({ width, height });
      const fetched = new Set<string>();
      page.on("request", (request) => {
        const file = new URL(request.url()).pathname;
        if (file.endsWith(".js")) fetched.add(file);
      });
      await watchShifts(page);
      await openApp(page, path, { signedOut, delayOf: (_, before) => order(before) });
      await settled(page);
      const shifts = await page.evaluate(() => (window as unknown as { shifts: Shift[] }).shifts);
      const moved = shifts.reduce((sum, s) => sum + s.value, 0);
      expect(moved, JSON.stringify(shifts, null, 1)).toBeLessThanOrEqual(MOST_SHIFT);
      const size = [...fetched].reduce((sum, file) => sum + kb(file), 0);
      expect(size, [...fetched].map((f) => `${kb(f).toFixed(1)} ${f}`).join("\n")).toBeLessThanOrEqual(mostKb(name));
    });
  }
}
