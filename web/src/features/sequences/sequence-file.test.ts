import { expect, test } from "vitest";
import { type Draft, draftProblems, type Step } from "./model";
import { fileName, fileOf, MAX_BYTES, type Read, readFile, readSequence } from "./sequence-file";

const delay = { amount: 2, unit: "working_days" } as const;
/** One step of every kind, with values that only this workspace knows. */
const EVERY: Draft = {
  name: "Clinics, autumn",
  steps: [
    {
      id: "step_A",
      delay,
      kind: "email",
      subject: "Two minutes?",
      body: "Hi",
      template: "template_9",
      not_after: "2026-12-24",
    },
    {
      id: "step_B",
      delay,
      kind: "sms",
      body: "",
      variants: [
        {
          id: "variant_1",
          name: "short",
          weight: 70,
          paused: false,
          subject: "",
          body: "Did you see it?",
          template: "template_8",
        },
        { id: "variant_2", name: "", weight: 30, paused: true, subject: "", body: "It is still there", template: null },
      ],
    },
    {
      id: "step_C",
      delay,
      kind: "branch",
      condition: { if: "field_equals", field: "city", value: "Bristol" },
      yes: "step_E",
      no: "step_D",
    },
    {
      id: "step_D",
      delay,
      kind: "whatsapp",
      template_name: "hello",
      language: "en_US",
      body: "Hi {{ first_name }}",
      free_text: "",
    },
    { id: "step_E", delay, kind: "task", task: "linkedin", title: "Ask to connect", body: "Hello" },
    { id: "step_F", delay, kind: "wait" },
    { id: "step_G", delay, kind: "goal", goal: { reach: "stage", stage: "qualified" } },
    { id: "step_H", delay, kind: "end" },
  ],
  window: { weekdays: [1, 2, 5], ranges: [{ start: 540, end: 1020 }], on_holidays: "skip" },
};

const problems = (read: Read) => ("problems" in read ? read.problems : []);
/** The file of EVERY, changed in one place. */
const broken = (change: (file: Record<string, never> & { steps: Record<string, unknown>[] }) => void) => {
  const file = JSON.parse(fileOf(EVERY));
  change(file);
  return problems(readSequence(JSON.stringify(file)));
};

test("what is written can be opened again, with ids of its own and branches that lead where they led", () => {
  const text = fileOf(EVERY);
  expect(text).not.toMatch(/step_[A-H]|variant_\d|template_\d/);
  const read = readSequence(text);
  if ("problems" in read) throw new Error(read.problems.join());
  const { draft } = read;
  expect(draftProblems(draft)).toEqual({});
  expect(draft.window).toEqual(EVERY.window);
  const bare = (steps: Step[]) => {
    const place = (id?: string | null) => steps.findIndex((s) => s.id === id);
    return steps.map((s) => ({
      ...s,
      id: place(s.id),
      template: undefined,
      ...(s.kind === "branch" ? { yes: place(s.yes), no: place(s.no) } : {}),
      ...("variants" in s ? { variants: s.variants?.map((v) => ({ ...v, id: 0, template: undefined })) } : {}),
    }));
  };
  expect(bare(draft.steps)).toEqual(bare(EVERY.steps));
  const again = readSequence(text);
  expect("draft" in again && again.draft.steps[0]?.id).not.toBe(draft.steps[0]?.id);
});

test("what is no sequence is refused in a sentence", () => {
  expect(problems(readSequence('{"format": "leadflow.seq'))).toEqual([
    "This is not valid JSON. The file is damaged or of another type.",
  ]);
  for (const other of ["[]", "null", '"text"', "{}", '{"format":"other","version":1}'])
    expect(problems(readSequence(other))).toEqual(["This is not a leadflow sequence."]);
  expect(broken((f) => Object.assign(f, { version: 2, steps: 7 }))).toEqual([
    "The file comes from a newer leadflow (format 2; this one reads 1).",
  ]);
  expect(broken((f) => Object.assign(f, { version: "1" }))).toEqual(["“version” must be a whole number, 1 to 1."]);
});

test("every fault is told by its step and field", () => {
  expect(broken((f) => Object.assign(f.steps[1] ?? {}, { kind: "fax" }))).toEqual([
    "Step 2, “kind” cannot be “fax”: unknown kind of step.",
  ]);
  expect(broken((f) => Object.assign(f.steps[1] ?? {}, { kind: "toString" }))).toHaveLength(1);
  expect(
    broken((f) => {
      f.steps[0] = { ...f.steps[0], delay: { amount: -1, unit: "weeks" }, body: 7, cc: "all" };
      f.steps[4] = { ...f.steps[4], title: undefined, task: "visit" };
    }),
  ).toEqual([
    "Step 1, “cc” is unknown.",
    "Step 1, “delay.amount” must be a whole number, 0 to 525600.",
    "Step 1, “delay.unit” must be one of minutes, hours, days, working_days.",
    "Step 1, “body” must be text.",
    "Step 5, “task” must be one of call, linkedin, whatsapp, generic.",
    "Step 5, “title” is missing.",
  ]);
  expect(broken((f) => Object.assign(f.steps[2] ?? {}, { condition: { if: "rained" } }))).toEqual([
    "Step 3, “condition.if” cannot be “rained”: unknown condition.",
  ]);
  expect(broken((f) => Object.assign(f, { window: { weekdays: [], ranges: [] } }))).toEqual([
    "“window” is invalid: Choose at least one day.",
  ]);
  expect(broken((f) => Object.assign(f, { steps: Array(51).fill(f.steps[0]) }))).toEqual([
    "“steps” has 51 entries; at most 50 can be read.",
  ]);
  expect(broken((f) => Object.assign(f, { steps: Array(50).fill(7) }))).toHaveLength(13);
});

test("a branch leads to a step of the file, further down", () => {
  expect(broken((f) => Object.assign(f.steps[2] ?? {}, { yes: "step-99", no: "step-1" }))).toEqual([
    "Step 3, “yes” leads to “step-99”, which is not a step in the file.",
    "Step 3, “no” leads back to step 1; a branch can only lead to a later step.",
  ]);
  expect(broken((f) => Object.assign(f.steps[5] ?? {}, { id: "step-1" }))).toEqual([
    "Step 6, “id” is “step-1”, which another step already uses.",
  ]);
});

test("a file that is far too large is not even read", async () => {
  let asked = false;
  const huge = Object.assign(new Blob(["x".repeat(5_000_000)]), {
    text: async () => {
      asked = true;
      return "";
    },
  });
  expect(problems(await readFile(huge))).toEqual(["The file has 5.0 MB. A sequence file can have at most 1 MB."]);
  expect(asked).toBe(false);
  expect(fileOf(EVERY).length).toBeLessThan(MAX_BYTES);
  expect(await readFile(new Blob([fileOf(EVERY)]))).toHaveProperty("draft");
});

test("the file is called as the sequence", () => {
  expect(fileName("Clinics, autumn (2026)")).toBe("clinics-autumn-2026.sequence.json");
  expect(fileName("Zähne")).toBe("zähne.sequence.json");
  expect(fileName("///")).toBe("sequence.sequence.json");
});
