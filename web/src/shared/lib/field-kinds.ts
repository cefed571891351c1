// Custom fields: their kinds in words, and the names by which templates and files mean them.
import type { Schema } from "@/api/types";

export type KindName = Schema["KindName"];

export const KIND_WORDS: Record<KindName, string> = {
  text: "Text",
  number: "Number",
  date: "Date",
  choice: "Choice",
  choices: "Several choices",
  check: "Yes or no",
  url: "Web address",
  money: "Money",
  person: "Team member",
};

/** The name as templates spell it, in which case and punctuation do not matter. */
export const customName = (text: string) =>
  text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
