import { expect, test, vi } from "vitest";

const { calls, waiting } = vi.hoisted(() => ({ calls: [] as string[], waiting: [] as (() => void)[] }));
vi.mock("@/api/client", () => {
  const call = (verb: string) => () => {
    calls.push(verb);
    return new Promise((done) => waiting.push(() => done({ id: "draft_1", channel: "email", subject: "", body: "" })));
  };
  return {
    client: { GET: call("GET"), PUT: call("PUT"), DELETE: call("DELETE") },
    unwrap: (answer: Promise<unknown>) => answer,
  };
});

import { keptDraft } from "./kept-draft";

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
  calls.length = 0;
  const kept = keptDraft("lead_1");
  const found = kept.load();
  const cleared = kept.clear();
  await answered();
  await found;
  await answered();
  await cleared;
  expect(calls).toEqual(["GET", "DELETE"]);
});
