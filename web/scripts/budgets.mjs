// Sizes that must not grow unnoticed, gzipped, over the built files.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const kb = (name) => gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length / 1024;
const html = readFileSync(new URL("index.html", dist), "utf8");
const assets = readdirSync(new URL("assets/", dist));

const statics = (name, seen = new Set()) => {
  if (seen.has(name)) return seen;
  seen.add(name);
  const text = readFileSync(new URL(`assets/${name}`, dist), "utf8");
  for (const m of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) statics(m[1], seen);
  return seen;
};
const entry = /src="\/assets\/([^"]+\.js)"/.exec(html)?.[1];
const shell = statics(entry);
const size = (names) => [...names].reduce((sum, n) => sum + kb(`assets/${n}`), 0);
const rows = [["shell JS", size(shell), 130]];
for (const name of assets.filter((n) => n.endsWith(".js") && !shell.has(n))) {
  const own = [...statics(name)].filter((n) => !shell.has(n));
  rows.push([`route ${name}`, size(own), 60]);
}
rows.push(["CSS", size(assets.filter((n) => n.endsWith(".css"))), 20]);

let over = false;
for (const [name, value, gate] of rows) {
  const bad = value > gate;
  over ||= bad;
  if (bad || gate !== 60) console.log(`${bad ? "OVER " : "ok   "} ${name}: ${value.toFixed(1)} KB of ${gate}`);
}
console.log(`${rows.length} sizes checked`);
process.exit(over ? 1 : 0);
