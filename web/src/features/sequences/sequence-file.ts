// A sequence as a file that another workspace can open: written without ids of this one, read with every fault reported
// at its place.
import { type Week, weekProblem } from "@/shared/lib/week";
import { type DelayUnit, type Draft, newId, newStepId, type Stage, type Step, type StepTask } from "./model";
import { MAX_VARIANTS } from "./variants";

const FORMAT = "leadflow.sequence";
/** The format's number; it rises when an older app would misread the file. */
const VERSION = 1;
export const MAX_BYTES = 1_000_000;
const MAX_STEPS = 50;
const MOST_TOLD = 12;

/** Writes the file of a saved sequence. Steps are named by their positions, and texts no longer name their template. */
export function fileOf({ name, steps, window }: Draft): string {
  const called = new Map(steps.map((step, i) => [step.id ?? "", `step-${i + 1}`]));
  const written = steps.map((step, i) => {
    const { id, kind, delay, ...rest }: Record<string, unknown> = { ...step, template: undefined };
    const variants = "variants" in step ? (step.variants ?? []) : [];
    return {
      ...{ id: `step-${i + 1}`, kind, delay, ...rest },
      ...(step.kind === "branch" ? { yes: called.get(step.yes) ?? "", no: called.get(step.no) ?? "" } : {}),
      variants: variants.length ? variants.map(({ id, template, ...words }) => words) : undefined,
    };
  });
  const file = { format: FORMAT, version: VERSION, name, window, steps: written };
  return `${JSON.stringify(file, (_, value) => value ?? undefined, 2)}\n`;
}

export function fileName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 60);
  return `${plain || "sequence"}.sequence.json`;
}

export type Read = { draft: Draft } | { problems: string[] };

export async function readFile(file: Blob): Promise<Read> {
  if (file.size > MAX_BYTES)
    return no(`The file has ${(file.size / 1e6).toFixed(1)} MB. A sequence file can have at most 1 MB.`);
  return readSequence(await file.text());
}

const no = (problem: string): Read => ({ problems: [problem] });

export function readSequence(text: string): Read {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return no("This is not valid JSON. The file is damaged or of another type.");
  }
  if (!isObject(found) || found.format !== FORMAT) return no("This is not a leadflow sequence.");
  if (typeof found.version === "number" && found.version > VERSION)
    return no(`The file comes from a newer leadflow (format ${found.version}; this one reads ${VERSION}).`);
  const faults: [string, string][] = [];
  FILE(found, "", (at, why) => void faults.push([at, why]));
  if (!faults.length) checkTargets(found as unknown as Written, (at, why) => void faults.push([at, why]));
  if (!faults.length) return { draft: draftFrom(found as unknown as Written) };
  const told = faults.slice(0, MOST_TOLD).map(([at, why]) => `${placeWords(at)} ${why}.`);
  const more = faults.length - told.length;
  return { problems: more > 0 ? [...told, `And ${more} more.`] : told };
}

/** `steps[1].delay.unit` becomes: Step 2, “delay.unit” */
function placeWords(at: string): string {
  const [, step, field] = /^steps\[(\d+)\]\.?(.*)$/.exec(at) ?? [];
  if (step === undefined) return `“${at}”`;
  return field ? `Step ${Number(step) + 1}, “${field}”` : `Step ${Number(step) + 1}`;
}

/** Steps that other steps name in the file. */
interface Written extends Draft {
  steps: Step[];
}

function checkTargets({ steps }: Written, tell: Tell) {
  const called = steps.map((step) => step.id ?? undefined);
  steps.forEach((step, i) => {
    if (step.id && called.indexOf(step.id) < i)
      tell(`steps[${i}].id`, `is “${step.id}”, which another step already uses`);
    if (step.kind !== "branch") return;
    for (const answer of ["yes", "no"] as const) {
      const to = called.indexOf(step[answer]);
      if (to < 0) tell(`steps[${i}].${answer}`, `leads to “${step[answer]}”, which is not a step in the file`);
      else if (to <= i)
        tell(`steps[${i}].${answer}`, `leads back to step ${to + 1}; a branch can only lead to a later step`);
    }
  });
}

/** Gives the sequence new ids, so that the file can be opened twice. */
function draftFrom({ name, steps, window }: Written): Draft {
  const ids = new Map(steps.flatMap((step) => (step.id ? [[step.id, newStepId()] as const] : [])));
  const made = steps.map((step): Step => {
    const own = { ...step, id: (step.id && ids.get(step.id)) || newStepId() };
    if (own.kind === "branch") return { ...own, yes: ids.get(own.yes) ?? "", no: ids.get(own.no) ?? "" };
    if (!("variants" in own) || !own.variants) return own;
    return { ...own, variants: own.variants.map((words) => ({ ...words, id: newId("variant") })) };
  });
  return { name, steps: made, window };
}

// The rules for values: each says what is wrong with a value, and where.

type Tell = (at: string, why: string) => void;
type Rule = (value: unknown, at: string, tell: Tell) => void;
type Fields = Record<string, Rule>;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const is =
  (right: (value: unknown) => boolean, why: string): Rule =>
  (value, at, tell) => {
    if (!right(value)) tell(at, why);
  };
const text = is((v) => typeof v === "string", "must be text");
const flag = is((v) => typeof v === "boolean", "must be true or false");
const day = is((v) => typeof v === "string" && /^\d{4}-\d\d-\d\d$/.test(v), "must be a day such as 2026-12-24");
const whole = (least: number, most: number) =>
  is(
    (v) => Number.isInteger(v) && Number(v) >= least && Number(v) <= most,
    `must be a whole number, ${least} to ${most}`,
  );
const oneOf = <T extends string>(...words: T[]) =>
  is((v) => words.includes(v as T), `must be one of ${words.join(", ")}`);

const list =
  (of: Rule, most: number): Rule =>
  (value, at, tell) => {
    if (!Array.isArray(value)) return tell(at, "must be a list");
    if (value.length > most) return tell(at, `has ${value.length} entries; at most ${most} can be read`);
    value.forEach((one, i) => {
      of(one, `${at}[${i}]`, tell);
    });
  };

const object =
  (needed: Fields, more: Fields = {}): Rule =>
  (value, at, tell) => {
    if (!isObject(value)) return tell(at, "must be an object");
    const inside = (key: string) => (at ? `${at}.${key}` : key);
    for (const key of Object.keys(value))
      if (!Object.hasOwn(needed, key) && !Object.hasOwn(more, key)) tell(inside(key), "is unknown");
    for (const [key, rule] of Object.entries(needed)) {
      if (Object.hasOwn(value, key)) rule(value[key], inside(key), tell);
      else tell(inside(key), "is missing");
    }
    for (const [key, rule] of Object.entries(more)) if (Object.hasOwn(value, key)) rule(value[key], inside(key), tell);
  };

/** Which other fields an object has depends on the value of one of its fields. */
const byWord =
  (key: string, what: string, shapes: Record<string, Rule>): Rule =>
  (value, at, tell) => {
    if (!isObject(value)) return tell(at, "must be an object");
    const word = value[key];
    if (typeof word === "string" && Object.hasOwn(shapes, word)) return shapes[word]?.(value, at, tell);
    tell(`${at}.${key}`, word === undefined ? "is missing" : `cannot be “${String(word)}”: unknown ${what}`);
  };

const UNITS: DelayUnit[] = ["minutes", "hours", "days", "working_days"];
const TASKS: StepTask[] = ["call", "linkedin", "whatsapp", "generic"];
const STAGES: Stage[] = ["new", "contacted", "replied", "qualified", "won", "lost"];

const CONDITION = byWord("if", "condition", {
  ...Object.fromEntries(["opened", "clicked", "replied", "not_replied"].map((word) => [word, object({ if: text })])),
  field_present: object({ if: text, field: text }),
  field_equals: object({ if: text, field: text, value: text }),
  score_at_least: object({ if: text, score: whole(0, 100) }),
  temperature_at_least: object({ if: text, temperature: oneOf("cold", "warm", "hot") }),
});
const GOAL = byWord("reach", "goal", {
  stage: object({ reach: text, stage: oneOf(...STAGES) }),
  paid: object({ reach: text }),
  booked: object({ reach: text }),
});
const VARIANT = object(
  { body: text },
  { name: text, weight: whole(1, 100), paused: flag, subject: text, template_name: text, language: text },
);
const variants = list(VARIANT, MAX_VARIANTS);

/** The fields that every step has. */
const NEEDED: Fields = { kind: text, delay: object({ amount: whole(0, 525_600), unit: oneOf(...UNITS) }) };
const MORE: Fields = { id: text, not_before: day, not_after: day };
const step = (needed: Fields = {}, more: Fields = {}) => object({ ...NEEDED, ...needed }, { ...MORE, ...more });

/** A new kind of step is a row here, as it is one in `model.ts`. */
const STEPS: Record<Step["kind"], Rule> = {
  email: step({ body: text }, { subject: text, variants }),
  sms: step({ body: text }, { variants }),
  whatsapp: step({ template_name: text, language: text, body: text }, { free_text: text, variants }),
  task: step({ task: oneOf(...TASKS), title: text }, { body: text }),
  wait: step(),
  branch: step({ condition: CONDITION, yes: text, no: text }),
  goal: step({ goal: GOAL }),
  end: step(),
};

const SPAN = object({ start: whole(0, 1440), end: whole(0, 1440) });
const SHAPE = object(
  { weekdays: list(whole(1, 7), 7), ranges: list(SPAN, 12) },
  { on_holidays: oneOf("skip", "send") },
);
const WINDOW: Rule = (value, at, tell) => {
  let sound = true;
  SHAPE(value, at, (...fault) => {
    sound = false;
    tell(...fault);
  });
  const wrong = sound ? weekProblem(value as Week) : undefined;
  if (wrong) tell(at, `is invalid: ${wrong.replace(/\.$/, "")}`);
};

const FILE = object({
  format: text,
  version: whole(1, VERSION),
  name: is((v) => typeof v === "string" && v.length <= 120, "must be text of at most 120 characters"),
  window: WINDOW,
  steps: list(byWord("kind", "kind of step", STEPS), MAX_STEPS),
});
