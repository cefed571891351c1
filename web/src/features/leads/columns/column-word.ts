// The head of a column. Two of them show more than their field says.
import { listFieldWord } from "@/shared/lib/field-words";

const WORDS: Record<string, string> = { city: "Location", time_zone: "Local time" };

export const columnWord = (name: string, custom: readonly { key: string; label: string }[]): string =>
  WORDS[name] ?? listFieldWord(name, custom);
