// The table of step kinds: one row for each, which whatever treats kinds differently asks. A kind without a row does not
// compile.
import type { Schema } from "@/api/types";
import { stageWord } from "./stages";

type StepKind = Schema["StepKind"];
export type Kind = StepKind["kind"];
type StepTask = Schema["StepTask"];

export type StepIcon = "email" | "sms" | "whatsapp" | "task" | "call" | "linkedin" | "wait" | "branch" | "goal" | "end";

interface StepRow<K extends Kind> {
  word: string;
  icon: StepIcon;
  /** A new step of this kind. */
  blank: Extract<StepKind, { kind: K }>;
  /** Whether a step can be skipped, and so have a last day: it must not decide where a lead goes. */
  canBeLeftOut: boolean;
  /** Whether a step has a text. */
  hasWords: boolean;
  /** The fields beside which the editor shows their errors. */
  fields: readonly string[];
  /** What a step does, in one line. */
  title: (step: Extract<Schema["StepBody"], { kind: K }>, index: number) => string;
}

/** `{{ first_name | default("there") }}` reads as {first name}. */
const plain = (text: string) =>
  text
    .replace(/\{%.*?%\}/g, "")
    .replace(/\{\{\s*([\w.]+).*?\}\}/g, (_, name: string) => `{${name.replace(/[._]/g, " ")}}`)
    .replace(/\s+/g, " ")
    .trim();

export function conditionWords(c: Schema["Condition"]): string {
  switch (c.if) {
    case "opened":
      return "Opened an e-mail of this sequence?";
    case "clicked":
      return "Clicked a link?";
    case "replied":
      return "Has replied?";
    case "not_replied":
      return "Has not replied?";
    case "field_present":
      return `Has ${c.field.replace(/[._]/g, " ") || "a value"}?`;
    case "field_equals":
      return `${c.field.replace(/[._]/g, " ") || "Field"} is ${c.value || "…"}?`;
    case "score_at_least":
      return `Score ${c.score} or more?`;
    case "temperature_at_least":
      return c.temperature === "hot" ? "Hot?" : "Warm or hot?";
  }
}

export function goalWords(g: Schema["Goal"]): string {
  if (g.reach === "paid") return "Payment received";
  if (g.reach === "booked") return "Meeting booked";
  return `Is ${stageWord(g.stage)}`;
}

const message = { canBeLeftOut: true, hasWords: true };
const passing = { canBeLeftOut: false, hasWords: false, fields: [] };

export const STEP_KINDS: { [K in Kind]: StepRow<K> } = {
  email: {
    ...message,
    word: "E-mail",
    icon: "email",
    blank: { kind: "email", subject: "", body: "" },
    fields: ["subject", "body"],
    title: (s, index) =>
      plain((s.variants?.[0] ?? s).subject ?? "") || (index === 0 ? "No subject yet" : "Same thread"),
  },
  sms: {
    ...message,
    word: "SMS",
    icon: "sms",
    blank: { kind: "sms", body: "" },
    fields: ["body"],
    title: (s) => plain((s.variants?.[0] ?? s).body).slice(0, 80) || "No text yet",
  },
  whatsapp: {
    ...message,
    word: "WhatsApp",
    icon: "whatsapp",
    blank: { kind: "whatsapp", template_name: "", language: "en_US", body: "", free_text: "" },
    fields: ["template_name", "language", "body", "free_text"],
    title: (s) => plain((s.variants?.[0] ?? s).body).slice(0, 80) || "No text yet",
  },
  task: {
    ...message,
    word: "Task",
    icon: "task",
    blank: { kind: "task", task: "call", title: "", body: "" },
    fields: ["title", "body"],
    title: (s) => plain(s.title) || "No title yet",
  },
  wait: {
    ...passing,
    word: "Wait",
    icon: "wait",
    blank: { kind: "wait" },
    canBeLeftOut: true,
    title: () => "Delay only",
  },
  branch: {
    ...passing,
    word: "Branch",
    icon: "branch",
    blank: { kind: "branch", condition: { if: "opened" }, yes: "", no: "" },
    fields: ["yes", "no", "condition.field", "condition.score"],
    title: (s) => conditionWords(s.condition),
  },
  goal: {
    ...passing,
    word: "Goal",
    icon: "goal",
    blank: { kind: "goal", goal: { reach: "stage", stage: "qualified" } },
    title: (s) => goalWords(s.goal),
  },
  end: { ...passing, word: "End", icon: "end", blank: { kind: "end" }, title: () => "The sequence ends here" },
};

/** The tasks of a step that a user does. */
export const STEP_TASKS: Record<StepTask, { word: string; icon: StepIcon }> = {
  call: { word: "Call", icon: "call" },
  linkedin: { word: "LinkedIn", icon: "linkedin" },
  whatsapp: { word: "WhatsApp", icon: "whatsapp" },
  generic: { word: "Task", icon: "task" },
};

const named: Record<Kind | StepTask, { word: string; icon: StepIcon }> = { ...STEP_TASKS, ...STEP_KINDS };

/** The word of a step's kind, or of the task's own kind where the step is a task. */
export const STEP_WORDS = Object.fromEntries(Object.entries(named).map(([kind, { word }]) => [kind, word])) as Record<
  Kind | StepTask,
  string
>;

/** The icon likewise; the schema leaves the kind open where it describes steps. */
export const stepIcon = (kind: string): StepIcon => (named as Partial<typeof named>)[kind as Kind]?.icon ?? "task";

/** Whether a step of this kind has a text. */
export const hasWords = (kind: string): boolean =>
  (STEP_KINDS as Partial<typeof STEP_KINDS>)[kind as Kind]?.hasWords ?? false;
