// What is kept in the browser of an editor of sequences that was closed without saving.
import type { Draft, SequenceView } from "./model";

export interface Edits {
  /** What the draft was begun from. */
  base?: SequenceView;
  /** The file that it came from. */
  file?: string;
  draft: Draft;
}

/** Under which name: one new sequence and one from a file may be under way beside those that exist. */
export const editsOf = (id: string | undefined, from?: string) =>
  `sequence-${id ?? (from === "file" ? "file" : "new")}`;
