// Browser tests, in two projects that run side by side: `live` uses a running installation, which `LEADFLOW_URL` names, and
// mostly waits for its clock; `recorded` shows the app over recorded answers, needs nothing else, and mostly computes.
import { defineConfig } from "@playwright/test";

/** Files of journeys through an installation, which share a workspace and so keep their order. */
const live = "**/*.live.spec.ts";

export default defineConfig({
  testDir: "e2e",
  workers: 2,
  projects: [
    { name: "live", testMatch: live, workers: 1 },
    { name: "recorded", testIgnore: live, fullyParallel: true },
  ],
  // A journey that needs a second try has a fault, and the report of `cargo xtask test` names it with its error.
  retries: process.env.CI ? 1 : 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: process.env.CI ? "line" : "list",
  outputDir: "test-results",
  use: {
    baseURL: process.env.LEADFLOW_URL,
    locale: "en-GB",
    timezoneId: "Europe/London",
    viewport: { width: 1440, height: 900 },
    // Colours change at once, so that no test measures one in transition.
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
