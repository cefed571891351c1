// The built app without any server: its files from `dist`, its answers from the recordings.
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Page } from "@playwright/test";
import { answerAll, type DelayOf, NEVER } from "./answers";

const ORIGIN = "https://app.invalid";
const DIST = new URL("../dist/", import.meta.url).pathname;
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'";

/** What a frame shows in place of a lead's page. */
const PREVIEW =
  '<!doctype html><html lang="en"><title>A page</title><main><h1>Fewer missed calls for Example Garden Café</h1></main></html>';

export interface Opened {
  errors: string[];
}

export async function openApp(
  page: Page,
  path: string,
  options: {
    theme?: "light" | "dark";
    override?: Record<string, unknown>;
    signedOut?: boolean;
    /** The recorded alert of a hot lead counts as new; without this it counts as shown before. */
    hotAlert?: boolean;
    failing?: (url: URL) => boolean;
    problem?: object;
    delayOf?: DelayOf;
  } = {},
): Promise<Opened> {
  const errors: string[] = [];
  // The scripts of the tests run in every frame, and a sealed one refuses them.
  const isOfTest = (error: string) => error.includes("Failed to load resource") || error.includes("sandboxed");
  page.on("console", (m) => {
    if (m.type() === "error" && !isOfTest(m.text())) errors.push(m.text());
  });
  page.on("pageerror", (e) => {
    if (!isOfTest(String(e))) errors.push(String(e));
  });
  await page.route(`${ORIGIN}/**`, async (route) => {
    const url = new URL(route.request().url());
    if (url.pathname.startsWith("/preview/")) {
      await route.fulfill({ contentType: "text/html; charset=utf-8", body: PREVIEW });
      return;
    }
    // The address of a company ends in its domain, which is no file.
    const isFile = extname(url.pathname) && !url.pathname.startsWith("/companies/");
    const file = isFile ? url.pathname.slice(1) : "index.html";
    const body = await readFile(join(DIST, file)).catch(() => undefined);
    if (!body) await route.fulfill({ status: 404 });
    else
      await route.fulfill({
        body,
        contentType: TYPES[extname(file)] ?? "application/octet-stream",
        headers: { "content-security-policy": CSP },
      });
  });
  await answerAll(page, options.override, options.delayOf);
  const { failing, problem } = options;
  if (failing) await page.route(failing, (route) => route.fulfill({ status: 500, json: problem ?? {} }));
  if (options.signedOut) await page.addInitScript(() => localStorage.removeItem("leadflow.refresh"));
  if (!options.hotAlert) await page.addInitScript(() => sessionStorage.setItem("leadflow.hot-alerts", "n1"));
  if (options.theme) await page.addInitScript((theme) => localStorage.setItem("leadflow.theme", theme), options.theme);
  await page.goto(`${ORIGIN}${path}`);
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
  const waits = Object.values(options.override ?? {}).includes(NEVER);
  const loading = page.locator('[role="status"][aria-label^="Loading"]').first();
  await loading.waitFor({ state: waits ? "attached" : "detached" });
  return { errors };
}
