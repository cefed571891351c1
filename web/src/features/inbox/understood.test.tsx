import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { UnderstoodBadge, understoodWord } from "./understood";

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

test("what a model has read is marked as the model's, with its sentence", () => {
  const understood = {
    ...read,
    kind: "person",
    intent: "interested",
    by: "model",
    sentence: "We would like a look.",
  } as const;
  render(<UnderstoodBadge understood={understood} />);
  expect(screen.getByTitle("Read by the model from “We would like a look.”").textContent).toBe("Interested");
});
