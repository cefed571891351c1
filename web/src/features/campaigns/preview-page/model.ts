// The blocks of a preview page: how each is called, what a new one holds, and which fields it has.
import type { Schema } from "@/api/types";

export type PageBlock = Schema["PageBlock"];
export type BlockKind = PageBlock["kind"];

export const MOST_BLOCKS = 20;
export const MOST_ENTRIES = 8;

/** A block with the key by which the list knows it while it is moved. */
export interface KeyedBlock {
  key: number;
  block: PageBlock;
}

export interface PageDraft {
  blocks: KeyedBlock[];
  /** A day such as 2027-03-05; empty for none. */
  closesOn: string;
}

export const BLOCK_WORDS: Record<BlockKind, { name: string; note: string }> = {
  hero: { name: "Hero", note: "The heading of the page" },
  opening_line: { name: "Opening line", note: "Written for each lead from facts; left out without one" },
  offer: { name: "Offer", note: "What you offer, in a paragraph or two" },
  proof: { name: "Proof", note: "What others say" },
  facts: { name: "Facts", note: "Name, address and rating of the lead's business" },
  video: { name: "Video", note: "A link that opens on the video's own site" },
  calendar: { name: "Calendar", note: "The button to your booking link" },
  payment: { name: "Payment", note: "The button to your payment link" },
  faq: { name: "FAQ", note: "Questions and answers" },
};

export const KINDS = Object.keys(BLOCK_WORDS) as BlockKind[];

const EMPTY: { [K in BlockKind]: Extract<PageBlock, { kind: K }> } = {
  hero: { kind: "hero", headline: "", text: "" },
  opening_line: { kind: "opening_line" },
  offer: { kind: "offer", heading: "", text: "" },
  proof: { kind: "proof", heading: "What others say", quotes: [{ text: "", by: "" }] },
  facts: { kind: "facts" },
  video: { kind: "video", heading: "", url: "" },
  calendar: { kind: "calendar", label: "" },
  payment: { kind: "payment", label: "" },
  faq: { kind: "faq", heading: "Questions", items: [{ question: "", answer: "" }] },
};

let keys = 0;
const keyed = (block: PageBlock): KeyedBlock => {
  keys += 1;
  return { key: keys, block };
};

export const newBlock = (kind: BlockKind): KeyedBlock => keyed(structuredClone(EMPTY[kind]));

export const draftOfPage = (page: { blocks: readonly PageBlock[]; closes_on?: string | null }): PageDraft => ({
  blocks: page.blocks.map(keyed),
  closesOn: page.closes_on ?? "",
});

export const blocksOf = (draft: PageDraft): PageBlock[] => draft.blocks.map(({ block }) => block);

/** What is saved, as a text to compare. */
export const contentOf = (draft: PageDraft): string => JSON.stringify([blocksOf(draft), draft.closesOn]);

/** The first words of a block, to know it by while it is closed. */
export function summaryOf(block: PageBlock): string {
  switch (block.kind) {
    case "hero":
      return block.headline || "Names your company and the lead's";
    case "offer":
      return block.heading || block.text;
    case "proof":
      return block.quotes[0]?.text ?? "";
    case "video":
      return block.heading || block.url;
    case "calendar":
      return block.label || "Pick a time";
    case "payment":
      return block.label || "Get started";
    case "faq":
      return block.items[0]?.question ?? "";
    default:
      return BLOCK_WORDS[block.kind].note;
  }
}

/** Moves a block up (-1) or down (1). */
export function moved(blocks: readonly KeyedBlock[], key: number, by: number): KeyedBlock[] {
  const at = blocks.findIndex((one) => one.key === key);
  const to = at + by;
  const one = blocks[at];
  if (!one || to < 0 || to >= blocks.length) return [...blocks];
  const rest = blocks.filter((other) => other.key !== key);
  return [...rest.slice(0, to), one, ...rest.slice(to)];
}

/** The faults of one block by its own fields: `blocks[2].quotes[0].by` becomes `quotes[0].by`. */
export function faultsOf(faults: readonly { field: string; detail: string }[], number: number): Record<string, string> {
  const place = `blocks[${number}].`;
  const own = faults.filter(({ field }) => field.startsWith(place));
  return Object.fromEntries(own.map(({ field, detail }) => [field.slice(place.length), sentence(detail)]));
}

const sentence = (detail: string) => `This ${detail}.`;
