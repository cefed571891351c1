import { expect, test } from "vitest";
import { draftProblems, firstDraft, newStep, stepTitle, withKind } from "./model";
import { labelOf, type Sending, shareOf, variantsOf, withoutVariant, withVariant } from "./variants";

const mail: Sending = {
  ...newStep("wait"),
  kind: "email",
  subject: "Hello",
  body: "How are you?",
  template: "template_1",
};

test("the first variant is a copy of the step's words, which it has no more itself", () => {
  const two = withVariant(mail);
  expect(two).toMatchObject({ subject: "", body: "", template: null });
  expect(variantsOf(two).map((v) => [v.subject, v.body, v.template, v.weight])).toEqual([
    ["Hello", "How are you?", "template_1", 50],
    ["Hello", "How are you?", "template_1", 50],
  ]);
  const ids = variantsOf(withVariant(two, 1)).map((v) => v.id);
  expect(new Set(ids).size).toBe(3);
  expect(ids[0]).toMatch(/^variant_[0-9A-Z]{26}$/);
});

test("of two the one that is left becomes the step's own words", () => {
  const two = withVariant(mail);
  const [a, b] = variantsOf(two);
  const changed: Sending = {
    ...two,
    variants: [
      { ...a, body: "" },
      { ...b, body: "Fine?" },
    ],
  };
  expect(withoutVariant(changed, 0)).toMatchObject({ subject: "Hello", body: "Fine?", variants: [] });
});

test("shares leave out who is paused, and labels have a letter", () => {
  const variants = [
    { weight: 30, body: "a", name: "Short" },
    { weight: 10, body: "b" },
    { weight: 90, body: "c", paused: true },
  ];
  expect(variants.map((v) => shareOf(variants, v))).toEqual([75, 25, 0]);
  expect(variants.map(labelOf)).toEqual(["A Short", "B", "C"]);
});

test("what is missing in a variant has its place, and a title is the first one's", () => {
  const two = withVariant(mail);
  const variants = variantsOf(two).map((v, i) => (i ? { ...v, subject: " ", body: "" } : v));
  const steps = [{ ...two, variants }];
  expect(Object.keys(draftProblems({ ...firstDraft(), name: "A", steps }))).toEqual([
    "steps[0].variants[1].body",
    "steps[0].variants[1].subject",
  ]);
  expect(stepTitle(two, 0)).toBe("Hello");
  expect(withKind(two, "sms")).toMatchObject({ kind: "sms", body: "How are you?" });
});

test("on WhatsApp each variant is a template of its own, with the name it was approved under", () => {
  const chat: Sending = {
    ...newStep("wait"),
    kind: "whatsapp",
    template_name: "greeting",
    language: "en",
    body: "Hi {{ first_name }}, hello?",
    free_text: "Good to hear from you.",
  };
  const two = withVariant(chat);
  expect(two).toMatchObject({ template_name: "", language: "", body: "", free_text: "Good to hear from you." });
  expect(variantsOf(two).map((v) => [v.template_name, v.language])).toEqual([
    ["greeting", "en"],
    ["greeting", "en"],
  ]);
  const [a, b] = variantsOf(two);
  const steps = [{ ...two, variants: [a, { ...b, template_name: "Ask Them", body: "" }] }] as Sending[];
  expect(Object.keys(draftProblems({ ...firstDraft(), name: "A", steps }))).toEqual([
    "steps[0].variants[1].template_name",
    "steps[0].variants[1].body",
  ]);
  expect(withoutVariant(two, 1)).toMatchObject({ template_name: "greeting", language: "en", variants: [] });
  expect(stepTitle(two, 0)).toBe("Hi {first name}, hello?");
});
