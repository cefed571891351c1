import { expect, test } from "vitest";
import { LIST_START, listReducer } from "./list-state";

test("an open peek follows the cursor, a closed one stays closed", () => {
  const open = { ...LIST_START, peek: "lead_1" };
  expect(listReducer(open, { do: "move", to: 1, lead: "lead_2" })).toMatchObject({ cursor: 1, peek: "lead_2" });
  expect(listReducer(open, { do: "move", to: 9 })).toMatchObject({ cursor: 9, peek: "lead_1" });
  expect(listReducer(LIST_START, { do: "move", to: 1, lead: "lead_2" }).peek).toBeUndefined();
});

test("a peek closes when it is asked for again", () => {
  const open = listReducer(LIST_START, { do: "peek", lead: "lead_1" });
  expect(open.peek).toBe("lead_1");
  expect(listReducer(open, { do: "peek", lead: "lead_1" }).peek).toBeUndefined();
  expect(listReducer(LIST_START, { do: "peek" }).peek).toBeUndefined();
});

test("going back closes the peek first, then drops the selection", () => {
  const state = { ...LIST_START, peek: "lead_1", selection: { kind: "some" as const, ids: new Set(["lead_1"]) } };
  const closed = listReducer(state, { do: "back" });
  expect(closed).toMatchObject({ peek: undefined, selection: state.selection });
  expect(listReducer(closed, { do: "back" })).toEqual(LIST_START);
});
