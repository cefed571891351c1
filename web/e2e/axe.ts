// Runs axe on a page and lists its findings in lines that name the rule and the element.
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  // One frame is enough here: mails in frames have a test of their own at the server.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({
    resultTypes: ["violations"],
    // The rule is experimental, and off by default: an accessible name must begin with the visible label.
    rules: { "label-content-name-mismatch": { enabled: true } },
  });
  const found = await (rules ? axe.withRules([...rules]) : axe).analyze();
  return found.violations.map(
    (v) =>
      `${v.id}: ${v.nodes
        .map((n) => `${n.target} ${n.failureSummary?.split("\n")[1]?.trim()}`)
        .slice(0, 4)
        .join(" | ")}`,
  );
}

/** A theme changes only colours, so the second run checks only contrast. The first checks the given rules, or all. */
export async function violationsInBothThemes(page: Page, rules?: readonly string[]): Promise<string[]> {
  const turn = (theme: string) =>
    page.evaluate((t) => {
      document.documentElement.dataset.theme = t;
    }, theme);
  await turn("light");
  const light = await violations(page, rules);
  await turn("dark");
  const dark = await violations(page, ["color-contrast"]);
  await turn("light");
  return [...light.map((v) => `light ${v}`), ...dark.map((v) => `dark ${v}`)];
}

export const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
