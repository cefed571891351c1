import { expect, test } from "vitest";
import { blocksOf, contentOf, draftOfPage, faultsOf, KINDS, moved, newBlock, summaryOf } from "./model";

test("a draft has the blocks of its page, and an unchanged one the same content", () => {
  const page = { blocks: [{ kind: "facts" as const }, { kind: "opening_line" as const }], closes_on: "2027-03-05" };
  const [one, two] = [draftOfPage(page), draftOfPage(page)];
  expect(blocksOf(one)).toEqual(page.blocks);
  expect(contentOf(one)).toBe(contentOf(two));
  expect(contentOf({ ...one, closesOn: "" })).not.toBe(contentOf(two));
});

test("a block moves by one place, and not past the ends", () => {
  const blocks = [newBlock("hero"), newBlock("offer"), newBlock("faq")];
  const kinds = (list: typeof blocks) => list.map(({ block }) => block.kind);
  const key = (at: number) => blocks[at]?.key ?? -1;
  expect(kinds(moved(blocks, key(2), -1))).toEqual(["hero", "faq", "offer"]);
  expect(kinds(moved(blocks, key(0), 1))).toEqual(["offer", "hero", "faq"]);
  expect(kinds(moved(blocks, key(0), -1))).toEqual(["hero", "offer", "faq"]);
  expect(kinds(moved(blocks, key(2), 1))).toEqual(["hero", "offer", "faq"]);
});

test("a new block is not the former one's", () => {
  const [one, two] = [newBlock("faq"), newBlock("faq")];
  if (one.block.kind !== "faq" || two.block.kind !== "faq") throw new Error("no FAQ");
  one.block.items.push({ question: "Why?", answer: "So." });
  expect(two.block.items).toHaveLength(1);
});

test("faults are told at the block's own fields", () => {
  const faults = [
    { field: "blocks[1].quotes[0].by", detail: "is required" },
    { field: "blocks[10].url", detail: "is wrong" },
  ];
  expect(faultsOf(faults, 1)).toEqual({ "quotes[0].by": "This is required." });
  expect(faultsOf(faults, 0)).toEqual({});
});

test("each kind of block says what it is while it is closed", () => {
  for (const kind of KINDS) {
    if (kind !== "offer" && kind !== "video" && kind !== "proof" && kind !== "faq")
      expect(summaryOf(newBlock(kind).block)).not.toBe("");
  }
  expect(summaryOf({ kind: "offer", heading: "", text: "Guests pick a time." })).toBe("Guests pick a time.");
});
