import { expect, test } from "vitest";
import { PageChain } from "./pages";
import { isSelected, NOTHING, selectAll, selectedCount, toggle } from "./selection";

test("pages are asked for one after the other, each with the cursor of the one before", () => {
  const chain = new PageChain();
  expect(chain.wanted(0, 40)).toEqual([{ index: 0, cursor: undefined }]);
  chain.put(0, 100, "a");
  expect(chain.wanted(0, 40)).toEqual([{ index: 0, cursor: undefined }]);
  expect(chain.wanted(50, 90)).toEqual([
    { index: 0, cursor: undefined },
    { index: 1, cursor: "a" },
  ]);
  chain.put(1, 100, "b");
  chain.put(2, 17, undefined);
  expect(chain.complete).toBe(true);
  expect(chain.known).toBe(217);
});

test("far pages are let go of, and asked for again by their cursor when scrolled back", () => {
  const chain = new PageChain();
  for (let i = 0; i < 10; i++) chain.put(i, 100, `c${i}`);
  expect(chain.wanted(500, 530).map((p) => p.cursor)).toEqual(["c3", "c4"]);
  expect(chain.locate(512)).toEqual({ page: 5, offset: 12 });
  expect(chain.locate(1000)).toBeUndefined();
});

test("a page that ends elsewhere drops what was known after it", () => {
  const chain = new PageChain();
  chain.put(0, 100, "a");
  chain.put(1, 100, "b");
  chain.put(0, 99, "a2");
  expect(chain.pages).toHaveLength(1);
  expect(chain.frontier).toEqual({ index: 1, cursor: "a2" });
});

test("some or all but a few can be selected", () => {
  let s = toggle(NOTHING, "a");
  s = toggle(s, "b");
  s = toggle(s, "a");
  expect(selectedCount(s)).toBe(1);
  s = toggle(selectAll(500), "a");
  expect(isSelected(s, "a")).toBe(false);
  expect(isSelected(s, "z")).toBe(true);
  expect(selectedCount(s)).toBe(499);
});
