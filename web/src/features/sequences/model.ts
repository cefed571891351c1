// A sequence in the editor: steps in order, a window, and what keeps it from being saved.
import type { Schema } from "@/api/types";
import { plural } from "@/shared/lib/format";
import { type Kind, STEP_KINDS } from "@/shared/lib/step-kinds";
import { weekProblem, weekWords } from "@/shared/lib/week";

export type DelayUnit = Schema["DelayUnit"];

export type StepTask = Schema["StepTask"];

export type Temperature = Schema["Temperature"];

export type Stage = Schema["StageId"];

export type Condition = Schema["Condition"];

export type GoalOf = Schema["Goal"];

export type Timing = Pick<Step, "id" | "delay" | "not_before" | "not_after">;

export type Step = Schema["StepBody"];

export type SendingWindow = Schema["SendingWindow"];

export type SequenceView = Schema["SequenceView"];

export interface Draft {
  name: string;
  steps: Step[];
  window: SendingWindow;
}

export const draftOf = (s: SequenceView): Draft => ({ name: s.name, steps: s.steps, window: s.window });

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export function newId(prefix: string, now = Date.now()): string {
  let time = "";
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = (CROCKFORD[rest % 32] ?? "0") + time;
  const chance = crypto.getRandomValues(new Uint8Array(16));
  return `${prefix}_${time}${[...chance].map((byte) => CROCKFORD[byte % 32]).join("")}`;
}

/** The id is made here, so that a branch can name a step that is not saved yet. */
export const newStepId = (now = Date.now()): string => newId("step", now);

export type { Kind } from "@/shared/lib/step-kinds";

const timing = ({ id, delay, not_before, not_after }: Timing): Timing => ({ id, delay, not_before, not_after });

export const canBeLeftOut = (kind: Kind) => STEP_KINDS[kind].canBeLeftOut;

export function newStep(kind: Kind = "email"): Step {
  return {
    id: newStepId(),
    delay: canBeLeftOut(kind) ? { amount: 3, unit: "working_days" } : { amount: 0, unit: "minutes" },
    ...STEP_KINDS[kind].blank,
  };
}

/**
 * Changes the step's kind at the same place and time; its text stays, that of the first variant if there are several.
 */
export function withKind(step: Step, kind: Kind): Step {
  const next: Step = { ...timing(step), ...STEP_KINDS[kind].blank };
  if (!canBeLeftOut(kind)) delete next.not_after;
  const [first] = "variants" in step ? (step.variants ?? []) : [];
  if ("body" in step && "body" in next) next.body = first?.body ?? step.body ?? "";
  return next;
}

export const firstDraft = (): Draft => ({
  name: "",
  steps: [{ ...newStep(), delay: { amount: 0, unit: "minutes" } }],
  window: { weekdays: [1, 2, 3, 4, 5], ranges: [{ start: 540, end: 1020 }] },
});

/** The step's kind as icons and words name it. */
export const kindOf = (s: Step): Kind | StepTask => (s.kind === "task" ? s.task : s.kind);

export const stepTitle = (step: Step, index: number): string =>
  (STEP_KINDS[step.kind].title as (step: Step, index: number) => string)(step, index);

/** Which branches lead here: "Yes of step 3". */
export function arrivals(steps: Step[], index: number): { answer: "Yes" | "No"; from: number }[] {
  const id = steps[index]?.id;
  return steps
    .slice(0, index)
    .flatMap((s, from) =>
      s.kind !== "branch"
        ? []
        : [
            ...(s.yes === id ? [{ answer: "Yes" as const, from }] : []),
            ...(s.no === id ? [{ answer: "No" as const, from }] : []),
          ],
    );
}

export const UNIT_WORDS: Record<DelayUnit, [string, string]> = {
  minutes: ["minute", "minutes"],
  hours: ["hour", "hours"],
  days: ["day", "days"],
  working_days: ["working day", "working days"],
};

/** One year in each unit. */
export const LONGEST_DELAY: Record<DelayUnit, number> = {
  minutes: 525_600,
  hours: 8_760,
  days: 365,
  working_days: 365,
};

export function delayWords(delay: Step["delay"], first: boolean): string {
  if (delay.amount === 0) return first ? "Start" : "immediately";
  return `+${plural(delay.amount, ...UNIT_WORDS[delay.unit])}`;
}

/** "Mon–Fri 09:00–17:00, not on public holidays" */
export const windowWords = (w: SendingWindow): string =>
  `${weekWords(w)}, ${w.on_holidays === "send" ? "also" : "not"} on public holidays`;

export function move<T>(list: readonly T[], from: number, to: number): T[] {
  const out = [...list];
  const [item] = out.splice(from, 1);
  if (item !== undefined) out.splice(Math.max(0, Math.min(out.length, to)), 0, item);
  return out;
}

/** The faults of a draft, by the field names that the server uses too: `steps[1].body`. */
export function draftProblems(d: Draft): Record<string, string> {
  const out: Record<string, string> = {};
  if (!d.name.trim()) out.name = "Enter a name.";
  if (!d.steps.length) out.steps = "Add a step.";
  d.steps.forEach((s, i) => {
    const at = (field: string, why: string) => {
      out[`steps[${i}].${field}`] = why;
    };
    const earlier = d.steps.slice(0, i).some((x) => x.kind === "email");
    if (s.kind === "email" || s.kind === "sms") {
      const words = (text: { subject?: string; body: string }, under: string) => {
        if (!text.body.trim()) at(`${under}body`, "Write the text of this step.");
        if (s.kind === "email" && !earlier && !text.subject?.trim())
          at(`${under}subject`, "The first e-mail needs a subject. Later ones can reply in its thread.");
      };
      const variants = s.variants ?? [];
      if (!variants.length) words(s, "");
      variants.forEach((variant, v) => {
        words(variant, `variants[${v}].`);
      });
    }
    if (s.kind === "whatsapp") {
      const words = (text: { template_name?: string; language?: string; body: string }, under: string) => {
        if (!/^[a-z0-9_]{1,512}$/.test(text.template_name ?? ""))
          at(`${under}template_name`, "Enter the approved template name: a to z, digits and _.");
        if (!/^[a-z]{2,3}(_[A-Z]{2})?$/.test(text.language ?? ""))
          at(`${under}language`, "Enter a code such as en or en_US.");
        if (!text.body.trim()) at(`${under}body`, "Enter the template text.");
      };
      const variants = s.variants ?? [];
      if (!variants.length) words(s, "");
      variants.forEach((variant, v) => {
        words(variant, `variants[${v}].`);
      });
    }
    if (s.kind === "task" && !s.title.trim()) at("title", "Describe the task.");
    if (s.kind === "branch") {
      const below = d.steps.slice(i + 1);
      for (const answer of ["yes", "no"] as const)
        if (!below.some((x) => x.id === s[answer])) at(answer, "Choose a later step.");
      const c = s.condition;
      if ((c.if === "field_present" || c.if === "field_equals") && !c.field) at("condition.field", "Choose a field.");
    }
    const longest = LONGEST_DELAY[s.delay.unit];
    if (s.delay.amount > longest) at("delay", `At most ${plural(longest, ...UNIT_WORDS[s.delay.unit])}.`);
    if (s.not_after && !canBeLeftOut(s.kind)) at("not_after", "Only messages, tasks and waits can have a last day.");
    else if (s.not_before && s.not_after && s.not_before > s.not_after)
      at("not_after", "The last day is before the first day.");
  });
  const wrong = weekProblem(d.window);
  if (wrong) out.window = wrong;
  return out;
}

const IN_STEP = new Set(["delay", "not_before", "not_after", ...Object.values(STEP_KINDS).flatMap((k) => k.fields)]);

const IN_VARIANT = /^variants(\[\d+\]\.(body|subject|name|weight|id|template_name|language))?$/;

/** Whether the editor shows errors of this field beside it. */
export function isDrawn(field: string): boolean {
  const inStep = /^steps\[\d+\]\.(.+)$/.exec(field)?.[1];
  return inStep === undefined
    ? ["name", "steps", "window"].includes(field)
    : IN_STEP.has(inStep) || IN_VARIANT.test(inStep);
}

/** The errors about a draft that still apply: changed fields may be right now, and steps may have moved. */
export function errorsLeft(errors: Record<string, string>, then: Draft, now: Draft): Record<string, string> {
  const sameOrder = then.steps.length === now.steps.length && then.steps.every((s, i) => s.id === now.steps[i]?.id);
  const stands = (field: string) => {
    const step = /^steps\[(\d+)\]/.exec(field)?.[1];
    if (step !== undefined) return sameOrder && then.steps[Number(step)] === now.steps[Number(step)];
    if (field === "name") return then.name === now.name;
    if (field.startsWith("window")) return then.window === now.window;
    return field !== "steps" || sameOrder;
  };
  return Object.fromEntries(Object.entries(errors).filter(([field]) => stands(field)));
}
