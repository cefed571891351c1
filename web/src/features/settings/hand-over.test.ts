import { expect, test, vi } from "vitest";
import { AT_ONCE, handOver, partsOf } from "./hand-over";

const ids = (n: number) => Array.from({ length: n }, (_, at) => `lead_${at}`);

test("leads are shared evenly: no member gets more than one lead more than another", () => {
  const parts = partsOf("rob", ids(7), { how: "share", users: ["eve", "max", "kim"] });
  expect(parts.map(({ ids, action }) => [ids.length, action])).toEqual([
    [3, { do: "assign", owner: "eve", from: "rob" }],
    [2, { do: "assign", owner: "max", from: "rob" }],
    [2, { do: "assign", owner: "kim", from: "rob" }],
  ]);
  expect(new Set(parts.flatMap((part) => part.ids)).size).toBe(7);
});

test("many leads are sent in parts, and none is left out or sent twice", () => {
  const all = ids(2 * AT_ONCE + 1);
  const parts = partsOf("rob", all, { how: "route" });
  expect(parts.map((part) => part.ids.length)).toEqual([AT_ONCE, AT_ONCE, 1]);
  expect(parts.flatMap((part) => part.ids)).toEqual(all);
  expect(parts[0]?.action).toEqual({ do: "route", from: "rob" });
});

test("no part is sent once it is stopped", async () => {
  const answer = () => Response.json({ changed: 1, skipped: [], undo: [] });
  const fetch = vi.fn(async (_: Request) => answer());
  vi.stubGlobal("fetch", fetch);
  const stop = new AbortController();
  const parts = partsOf("rob", ids(3 * AT_ONCE), { how: "route" });
  const sum = await handOver(parts, (done) => done === 2 * AT_ONCE && stop.abort(), stop.signal);
  expect([fetch.mock.calls.length, sum.changed, sum.failed]).toEqual([2, 2, undefined]);
});
