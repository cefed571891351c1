// Sizes that must not grow unnoticed: what a browser fetches to show each page, packed as the server sends it.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

/** KB. A page's gate goes down in steps of 5 as pages shrink; signed-out pages and CSS have what was reached. */
const GATES = { door: 138, page: 185, css: 14 };
const STEP = 5;

const dist = new URL("../dist/", import.meta.url);
const read = (name) => readFileSync(new URL(`assets/${name}`, dist));
const names = readdirSync(new URL("assets/", dist));
const scripts = names.filter((n) => n.endsWith(".js"));
const sent = (name) => gzipSync(read(name), { level: 6 }).length / 1024;
const sum = (files, size) => [...files].reduce((total, name) => total + size(name), 0);

const needed = (name, seen = new Set()) => {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const m of read(name)
    .toString()
    .matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/g))
    needed(m[1], seen);
  return seen;
};
const one = (start) => scripts.find((n) => n.startsWith(start));
const entry = /src="\/assets\/([^"]+\.js)"/.exec(readFileSync(new URL("index.html", dist), "utf8"))?.[1];
const frame = [...needed(entry), ...needed(one("app-shell-"))];

const rows = [];
for (const name of scripts) {
  const door = name.startsWith("sign-in-");
  if (!door && !/^[a-z]+-([a-z]+-)?page-/.test(name)) continue;
  const gate = door ? GATES.door : GATES.page;
  const files = new Set([...(door ? needed(entry) : frame), ...needed(name)]);
  rows.push([name, sum(files, sent), gate]);
}
const styles = names.filter((n) => n.endsWith(".css"));
rows.push(["CSS", sum(styles, sent), GATES.css]);

let isOver = rows.length < 20;
if (isOver) console.log(`only ${rows.length} sizes: pages are found by their names no more`);
for (const [name, value, gate] of rows) {
  isOver ||= value > gate;
  if (value > gate) console.log(`OVER  ${name}: ${value.toFixed(1)} KB of ${gate}`);
}
const most = (kind) => Math.max(...rows.filter(([n]) => kind.test(n)).map(([, value]) => value));
const [page, door] = [most(/page-[^,]+$/), most(/^sign-in-[^,]+$/)];
console.log(
  `${rows.length} sizes checked; the largest page ${page.toFixed(1)} KB of ${GATES.page}, signed out ${door.toFixed(1)} KB of ${GATES.door}`,
);
const largest = rows.filter(([n]) => /page-[^,]+$/.test(n)).sort(([, a], [, b]) => b - a);
for (const [name, value] of largest.slice(0, 5)) console.log(`${value.toFixed(1)} KB  ${name}`);
if (page <= GATES.page - STEP) console.log(`the gate of pages can go down to ${STEP * Math.ceil(page / STEP)} KB`);
process.exit(isOver ? 1 : 0);
