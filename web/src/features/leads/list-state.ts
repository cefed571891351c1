// The state of the list of leads: the cursor, the open peek, and the selection.
import { NOTHING, type Selection } from "@/shared/grid/selection";

export interface ListState {
  cursor: number;
  /** The lead whose peek is open. */
  peek?: string;
  selection: Selection;
}

export type ListAction =
  | { do: "restart" }
  /** `lead`: the lead under the cursor; an open peek follows it. */
  | { do: "move"; to: number; lead?: string }
  | { do: "peek"; lead?: string }
  | { do: "select"; selection: Selection }
  /** Closes the peek, or else clears the selection. */
  | { do: "back" };

export const LIST_START: ListState = { cursor: 0, selection: NOTHING };

export function listReducer(state: ListState, action: ListAction): ListState {
  switch (action.do) {
    case "restart":
      return LIST_START;
    case "move":
      return { ...state, cursor: action.to, peek: state.peek && (action.lead ?? state.peek) };
    case "peek":
      return { ...state, peek: action.lead === state.peek ? undefined : action.lead };
    case "select":
      return { ...state, selection: action.selection };
    case "back":
      return state.peek ? { ...state, peek: undefined } : { ...state, selection: NOTHING };
  }
}
