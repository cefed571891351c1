// The unsaved draft of a sequence editor, kept in the browser.
import type { Draft, SequenceView } from "./model";

export interface Edits {
  /** The version on which the draft is based. */
  base?: SequenceView;
  /** The file that the draft came from. */
  file?: string;
  draft: Draft;
}

/** The storage key: a new sequence and one from a file may be unsaved beside those that exist. */
export const editsOf = (id: string | undefined, from?: string) =>
  `sequence-${id ?? (from === "file" ? "file" : "new")}`;
