// The state of the sequence editor: the draft, its base version, its errors, and the open step.
import { type Draft, draftOf, type SequenceView } from "./model";
import type { DiffAnswer } from "./publish";

export type EditorTab = "steps" | "preview" | "versions";

export interface EditorState {
  /** The version on which the draft is based, whatever is saved meanwhile. */
  base?: SequenceView;
  draft: Draft;
  /** The file from which the draft was opened. */
  file?: string;
  /** The open step; -1 for none. */
  selected: number;
  /** The server's errors about a draft, and the draft that they are about. */
  found: { errors: Record<string, string>; draft: Draft };
  tab: EditorTab;
  /** The effects of publishing, while the user decides. */
  asked?: { answer: DiffAnswer; saved: boolean };
  archiving: boolean;
}

export type EditorAction =
  | { do: "take"; view: SequenceView }
  | { do: "restore"; base?: SequenceView; file?: string; draft: Draft }
  | { do: "rebase"; base: SequenceView }
  | { do: "change"; change: (old: Draft) => Partial<Draft> }
  | { do: "fail"; errors: Record<string, string>; draft: Draft; shows?: boolean }
  | { do: "select"; step: number }
  | { do: "tab"; tab: EditorTab }
  | { do: "ask"; asked?: EditorState["asked"] }
  | { do: "archive"; asked: boolean };

export const editorStart = ({ saved, blank }: { saved?: SequenceView; blank: Draft }): EditorState => {
  const draft = saved ? draftOf(saved) : blank;
  return { base: saved, draft, selected: saved ? -1 : 0, found: { errors: {}, draft }, tab: "steps", archiving: false };
};

export function editorReducer(state: EditorState, action: EditorAction): EditorState {
  switch (action.do) {
    case "take":
      return { ...state, base: action.view, draft: draftOf(action.view) };
    case "restore":
      return { ...state, base: action.base, file: action.file, draft: action.draft };
    case "rebase":
      return { ...state, base: action.base };
    case "change":
      return { ...state, draft: { ...state.draft, ...action.change(state.draft) } };
    case "fail": {
      const { errors, draft } = action;
      const first = Object.keys(errors).find((field) => field.startsWith("steps["));
      const selected = first && action.shows ? Number(/\d+/.exec(first)?.[0] ?? 0) : state.selected;
      return { ...state, found: { errors, draft }, selected };
    }
    case "select":
      return { ...state, selected: action.step };
    case "tab":
      return { ...state, tab: action.tab };
    case "ask":
      return { ...state, asked: action.asked };
    case "archive":
      return { ...state, archiving: action.asked };
  }
}
