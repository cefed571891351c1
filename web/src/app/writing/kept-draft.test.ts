import { beforeEach, expect, test, vi } from "vitest";
import { keptDraft } from "./kept-draft";

const DRAFT = { id: "draft_1", channel: "email", subject: "", body: "" };
/** The methods that were asked with, and the requests that wait for their answer. */
let calls: string[];
let waiting: (() => void)[];

beforeEach(() => {
  calls = [];
  waiting = [];
  vi.stubGlobal("fetch", (request: Request) => {
    calls.push(request.method);
    return new Promise((answer) => waiting.push(() => answer(Response.json(DRAFT))));
  });
});

const answered = async () => {
  await vi.waitFor(() => expect(waiting).not.toEqual([]));
  waiting.shift()?.();
};

test("what is sent while it is still being saved is cleared after it was saved", async () => {
  const kept = keptDraft("lead_1");
  const saved = kept.save({ channel: "email", subject: "Hello", text: "Are you there?" });
  const cleared = kept.clear();
  await answered();
  await saved;
  await answered();
  await cleared;
  expect(calls).toEqual(["PUT", "DELETE"]);
});

test("nor does it come back where it was still being looked for", async () => {
  const kept = keptDraft("lead_1");
  const found = kept.load();
  const cleared = kept.clear();
  await answered();
  await found;
  await answered();
  await cleared;
  expect(calls).toEqual(["GET", "DELETE"]);
});
