// Which folder may import which: features see shared, app and api, never each other's internals; shared sees no feature and no app.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

const src = new URL("../src/", import.meta.url).pathname;
const walk = (dir) =>
  readdirSync(dir).flatMap((name) =>
    statSync(join(dir, name)).isDirectory() ? walk(join(dir, name)) : [join(dir, name)],
  );
const only = {
  "@base-ui/react": /^(shared\/ui|app\/commands\/palette|main)/,
  "@tanstack/react-virtual": /^shared\/grid/,
  "openapi-fetch": /^api\//,
};
const problems = [];

for (const file of walk(src).filter((f) => /\.tsx?$/.test(f) && !f.endsWith("schema.d.ts"))) {
  const here = relative(src, file);
  const lines = readFileSync(file, "utf8").split("\n");
  if (lines.length > 500 && !here.includes(".test.")) problems.push(`${here}: ${lines.length} lines, the limit is 500`);
  const area = here.split("/")[0];
  const feature = area === "features" ? here.split("/")[1] : undefined;
  for (const line of lines) {
    const target = /(?:from|import)\s*\(?\s*"([^"]+)"/.exec(line)?.[1];
    if (!target) continue;
    const inner = target.startsWith("@/") ? target.slice(2) : undefined;
    const other = inner?.startsWith("features/") ? inner.split("/")[1] : undefined;
    if (feature && other && other !== feature) problems.push(`${here} reaches into features/${other}`);
    if (area === "shared" && (inner?.startsWith("features/") || inner?.startsWith("app/")))
      problems.push(`${here} imports ${target}`);
    if (area === "app" && other) problems.push(`${here} imports a feature`);
    if (area === "api" && inner && !inner.startsWith("api/")) problems.push(`${here} imports ${target}`);
    for (const [name, allowed] of Object.entries(only)) {
      if ((target === name || target.startsWith(`${name}/`)) && !allowed.test(here))
        problems.push(`${here} imports ${name} directly`);
    }
  }
}

if (problems.length) {
  console.error(problems.join("\n"));
  process.exit(1);
}
console.log("boundaries hold");
