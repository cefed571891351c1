import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const api = process.env.LEADFLOW_URL ?? "http://localhost:8787";

/** Code that every page needs, for every visitor, signed in or not. */
const EVERYWHERE =
  /node_modules\/(react|react-dom|scheduler|use-sync-external-store|clsx|class-variance-authority|openapi-fetch|@tanstack\/(history|query-core|react-query|react-router|react-store|router-core|store))\/|\/src\/app\/shell\/logo/;
/** What the shell of every signed-in page shares with a page or two. */
const OF_SHELL =
  /\/src\/(api\/own-visits|app\/parts\/next-mark|app\/shell\/(queries|sending)|app\/stages\/lost-reason|app\/timeline\/opened-list)/;
/** Shared by so many pages that it is probably needed: one file of it is smaller than many. */
const SHARED_BY = 8;

/** Serves the document of the API at `/openapi.json`, for those who write programs against it. */
function apiDocument(): Plugin {
  const read = () => JSON.stringify(JSON.parse(readFileSync(new URL("../openapi.json", import.meta.url), "utf8")));
  return {
    name: "api-document",
    configureServer: (server) => {
      server.middlewares.use("/openapi.json", (_, answer) => {
        answer.setHeader("content-type", "application/json");
        answer.end(read());
      });
    },
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "openapi.json", source: read() });
    },
  };
}

export default defineConfig({
  plugins: [react(), tailwindcss(), apiDocument()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    // The list of every part's dependencies would weigh on every page more than it hastens: parts are fetched ahead, once
    // the user acts, and are cached for good.
    modulePreload: { polyfill: false, resolveDependencies: () => [] },
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // `leads-page`, not one `page` among many: bundle sizes are reported by name.
        chunkFileNames: ({ facadeModuleId }) => {
          const feature = /\/src\/features\/([^/]+)\//.exec(facadeModuleId ?? "")?.[1];
          return feature ? `assets/${feature}-[name]-[hash].js` : "assets/[name]-[hash].js";
        },
        codeSplitting: {
          groups: [
            { name: "vendor", test: EVERYWHERE, priority: 2 },
            // Who is signed out needs no step kinds, labels, fields, money, drafts or tables, however many pages show them.
            {
              name: "frame",
              test: /\/src\/(api|app|shared)\/(?!lib\/(step-kinds|labels|lead-fields|money|morning|account-state)|charts\/|editor\/|timeline\/|ui\/(timeline|checkbox|table)|forms\/moment)|lucide-react/,
              minShareCount: SHARED_BY,
              priority: 1,
            },
            { name: "shell", test: OF_SHELL, priority: 0 },
            // An icon is smaller than the wrapping of a file of its own.
            { name: "icons", test: /lucide-react/, minShareCount: 2, priority: 0 },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": api, "/preview": api, "/t": api, "/u": api } },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/test-setup.ts"],
    // A test takes a second; on a loaded machine the default of five has passed.
    testTimeout: 60_000,
    restoreMocks: true,
    // Files share one document and their modules: both made anew for each took three times as long as the tests.
    isolate: false,
  },
});
