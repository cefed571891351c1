// Every page, light and dark, wide and on a phone: axe finds nothing, nothing overflows, the console is silent.
import { mkdirSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { openApp } from "./app";

const PAGES: [string, string][] = [
  ["today", "/"],
  ["leads", "/leads"],
  ["lead", "/leads/lead_0"],
  ["import", "/import"],
  ["import-map", "/import/import_2"],
  ["import-check", "/import/import_3"],
  ["import-result", "/import/import_1"],
  ["sequences", "/sequences"],
  ["sequence", "/sequences/sequence_1"],
  ["sequence-new", "/sequences/new"],
  ["campaigns", "/campaigns"],
  ["campaign", "/campaigns/campaign_1"],
  ["inbox", "/inbox?lead=lead_2"],
  ["templates", "/templates"],
  ["revenue", "/revenue"],
  ["clients", "/clients"],
  ["queue", "/queue"],
  ["settings-company", "/settings/company"],
  ["settings-mailboxes", "/settings/mailboxes"],
  ["settings-providers", "/settings/providers"],
  ["settings-sending", "/settings/sending"],
  ["settings-suppression", "/settings/suppression"],
  ["settings-team", "/settings/team"],
  ["settings-writing", "/settings/writing"],
  ["settings-shortcuts", "/settings/shortcuts"],
];
const shots = process.env.SHOTS;
const only = process.env.ONLY?.split(",");

for (const [name, path] of PAGES) {
  if (only && !only.includes(name)) continue;
  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ] as const) {
    test(`${name} at ${width}`, async ({ page }) => {
      await page.setViewportSize({ width, height });
      const { errors } = await openApp(page, path, { theme: "light" });
      if (shots) {
        mkdirSync(shots, { recursive: true });
        await page.screenshot({ path: `${shots}/${name}-${width}-light.png` });
      }
      for (const theme of ["light", "dark"] as const) {
        await page.evaluate((t) => {
          document.documentElement.dataset.theme = t;
        }, theme);
        const found = await new AxeBuilder({ page }).analyze();
        const told = found.violations.map(
          (v) =>
            `${theme} ${v.id}: ${v.nodes
              .map((n) => `${n.target} ${n.failureSummary?.split("\n")[1]?.trim()}`)
              .slice(0, 4)
              .join(" | ")}`,
        );
        expect(told).toEqual([]);
      }
      if (shots) await page.screenshot({ path: `${shots}/${name}-${width}-dark.png` });
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBeLessThanOrEqual(0);
      expect(errors).toEqual([]);
    });
  }
}
