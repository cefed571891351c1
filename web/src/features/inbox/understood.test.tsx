import { expect, test } from "vitest";
import { understoodWord } from "./understood";

const read = { rule: "no_sign", sentence: "", by: "rules" } as const;

test("a message is named by what its writer wants, else by its kind", () => {
  expect(understoodWord({ ...read, kind: "person", intent: "interested" })).toBe("Interested");
  expect(understoodWord({ ...read, kind: "person", intent: "neutral" })).toBe("Reply");
  expect(understoodWord({ ...read, kind: "out_of_office" })).toBe("Out of office");
  expect(understoodWord({ ...read, kind: "reaction", reaction: "👎" })).toBe("Reaction 👎");
  expect(understoodWord({ ...read, kind: "calendar", intent: "interested", meeting: { answer: "accepted" } })).toBe(
    "Meeting accepted",
  );
});
