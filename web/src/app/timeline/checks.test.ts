import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SKIP_WORDS } from "@/shared/lib/labels";
import { RULES } from "./checks";

const DOMAIN = join(import.meta.dirname, "../../../../shared/domain/src");

/** The domain's sources without its tests. */
const sources = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.name !== "tests" && entry.name !== "tests.rs")
    .flatMap((entry) =>
      entry.isDirectory() ? sources(join(dir, entry.name)) : [readFileSync(join(dir, entry.name), "utf8")],
    );

test("every rule that the domain checks has words", () => {
  const named = /(?:checks\.(?:pass|fail)\(\s*|\bCheck \{\s*rule: |const RULE: &str = )"([a-z_]+)"/g;
  const hours = readFileSync(join(DOMAIN, "planning/send_window.rs"), "utf8");
  const kept = hours.slice(hours.indexOf("fn rule"), hours.indexOf("fn words"));
  const rules = new Set([
    ...sources(DOMAIN).flatMap((source) => [...source.matchAll(named)].map((found) => found[1] ?? "")),
    ...[...kept.matchAll(/"([a-z_]+)"/g)].map((found) => found[1] ?? ""),
  ]);
  expect(rules.size).toBeGreaterThan(20);
  expect([...rules].filter((rule) => !RULES[rule])).toEqual([]);
});

test("every reason to leave a step out has words", () => {
  const reach = readFileSync(join(DOMAIN, "planning/skip_reason.rs"), "utf8");
  const reasons = [...reach.matchAll(/Self::\w+ => "([a-z_]+)"/g)].map((found) => found[1] ?? "");
  expect(reasons.length).toBeGreaterThan(4);
  expect(reasons.filter((reason) => !SKIP_WORDS[reason])).toEqual([]);
});
