// The unsaved draft of a sequence editor, kept in the browser.
import type { Draft, SequenceView } from "./model";

export interface Edits {
  /** The version on which the draft is based. */
  base?: SequenceView;
  /** The file that the draft came from; an offer that it was written from is told in its place. */
  file?: string;
  draft: Draft;
}

/** The storage key: a new sequence, one from a file and one from an offer may be unsaved beside those that exist. */
export const editsOf = (id: string | undefined, from?: string) =>
  `sequence-${id ?? (from === "file" || from === "offer" ? from : "new")}`;
