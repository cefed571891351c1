// Runs axe on a page and lists its findings in lines that name the rule and the element.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type axe from "axe-core";

type Theme = "light" | "dark";

/** A theme to check in, or none for the page as it is, and the rules to check, or none for all. */
interface Look {
  theme?: Theme;
  rules?: readonly string[];
}

const FILE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
let source: Promise<string> | undefined;

/** The looks at one page share one copy of axe in it: to bring it there and to compile it takes as long as a look. */
async function look(page: Page, looks: Look[]): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) {
    source ??= readFile(FILE, "utf8");
    await page.evaluate(await source);
  }
  return page.evaluate(async (looks) => {
    const { axe: checker } = window as unknown as { axe: typeof axe };
    const found: string[] = [];
    for (const { theme, rules } of looks) {
      if (theme) document.documentElement.dataset.theme = theme;
      // A part that fades in would be measured half transparent.
      const fades = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
      await Promise.allSettled(fades.map((fade) => fade.finished));
      const { violations } = await checker.run({
        resultTypes: ["violations"],
        // Mails in frames have a test of their own at the server.
        iframes: false,
        // The rule is experimental, and off by default: an accessible name must begin with the visible label.
        rules: { "label-content-name-mismatch": { enabled: true } },
        ...(rules && { runOnly: { type: "rule", values: [...rules] } }),
      });
      for (const { id, nodes } of violations) {
        const first = nodes.slice(0, 4).map((n) => `${n.target} ${n.failureSummary?.split("\n")[1]?.trim()}`);
        found.push(`${theme ? `${theme} ` : ""}${id}: ${first.join(" | ")}`);
      }
    }
    return found;
  }, looks);
}

export const violations = (page: Page, rules?: readonly string[]) => look(page, [{ rules }]);

/** A theme changes only colours, so the second run checks only contrast. The first checks the given rules, or all. */
export async function violationsInBothThemes(page: Page, rules?: readonly string[]): Promise<string[]> {
  const found = await look(page, [
    { theme: "light", rules },
    { theme: "dark", rules: ["color-contrast"] },
  ]);
  await page.evaluate(() => {
    document.documentElement.dataset.theme = "light";
  });
  return found;
}

export const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
