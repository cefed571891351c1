import { act, renderHook } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, expect, test } from "vitest";

import { endSession, startSession } from "@/api/session";
import { keepEdits, useKeptEdits } from "./kept-edits";

const signIn = (workspace: string) =>
  startSession({
    access_token: "token",
    refresh_token: "refresh",
    expires_in: 900,
    user: {
      id: "user_1",
      name: "Maya Okafor",
      email: "maya@example.test",
      role: "owner",
      email_proof: "proven",
      phone_proven: false,
      workspaces: 1,
    },
    workspace: { id: workspace, name: "Northquay", country: "GB", currency: "GBP", zone: "Europe/London" },
    sees: "all" as const,
    second_factor_needed: false,
  });

beforeEach(() => signIn("ws_1"));
afterEach(() => {
  endSession();
  localStorage.clear();
});

/** An editor of one text; the saved text is empty. */
const open = (object = "sequence-1") => {
  const hook = renderHook(() => {
    const [text, setText] = useState("");
    const edits = useKeptEdits(object, { text }, text !== "", (found: { text: string }) => setText(found.text));
    return { text, setText, ...edits };
  });
  const write = (text: string) => act(() => hook.result.current.setText(text));
  return { ...hook, write, text: () => hook.result.current.text };
};
const kept = () =>
  Object.keys(localStorage)
    .filter((key) => key.startsWith("leadflow.edits:"))
    .map((key) => JSON.parse(localStorage.getItem(key) ?? "").value.text);

test("what was changed is kept even when the editor is closed at once, and found again", () => {
  const first = open();
  first.write("half a sente");
  first.unmount();
  expect(kept()).toEqual(["half a sente"]);
  const again = open();
  expect(again.text()).toBe("half a sente");
  expect(again.result.current.foundAt).toBeTypeOf("number");
  expect(open("sequence-2").text()).toBe("");
});

test("it is gone once it is saved, and when it is thrown away", () => {
  keepEdits("sequence-1", { text: "old" });
  const editor = open();
  expect(editor.text()).toBe("old");
  editor.write("");
  expect(kept()).toEqual([]);
  expect(editor.result.current.foundAt).toBeUndefined();

  editor.write("new");
  act(() => editor.result.current.clear());
  editor.unmount();
  expect(kept()).toEqual([]);
});

test("another workspace in the same browser finds nothing", () => {
  keepEdits("sequence-1", { text: "old" });
  signIn("ws_2");
  expect(open().text()).toBe("");
});

test("a page that goes away keeps what was typed a moment before", () => {
  const editor = open();
  editor.write("half a sente");
  expect(kept()).toEqual([]);
  dispatchEvent(new Event("pagehide"));
  expect(kept()).toEqual(["half a sente"]);
});
