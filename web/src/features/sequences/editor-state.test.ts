import { expect, test } from "vitest";
import { editorReducer, editorStart } from "./editor-state";
import { firstDraft, newStep, type SequenceView } from "./model";

const blank = { ...firstDraft(), name: "Blank" };
const saved = { ...blank, id: "sequence_1", name: "Saved", version: 2, rev: 2 } as SequenceView;

test("a new sequence starts with its first step open, a saved one with none", () => {
  expect(editorStart({ blank })).toMatchObject({ base: undefined, draft: blank, selected: 0 });
  expect(editorStart({ saved, blank })).toMatchObject({ base: saved, draft: { name: "Saved" }, selected: -1 });
});

test("a failure opens the first step it names only where the page is to show it", () => {
  const start = editorStart({ saved, blank });
  const errors = { "steps[3].body": "Write the text of this step." };
  const shown = editorReducer(start, { do: "fail", errors, draft: start.draft, shows: true });
  expect(shown).toMatchObject({ selected: 3, found: { errors } });
  expect(editorReducer(start, { do: "fail", errors, draft: start.draft }).selected).toBe(-1);
});

test("changes meet the newest draft, whatever was changed before", () => {
  const named = editorReducer(editorStart({ blank }), { do: "change", change: () => ({ name: "Named" }) });
  const longer = editorReducer(named, { do: "change", change: (old) => ({ steps: [...old.steps, newStep()] }) });
  expect(longer.draft).toMatchObject({ name: "Named" });
  expect(longer.draft.steps).toHaveLength(blank.steps.length + 1);
});
