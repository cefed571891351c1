// Several texts of one step, tried against each other: added, taken away, and how they are called.
import type { Schema } from "@/api/types";
import { newId, type Step } from "./model";

export type Variant = Schema["Variant"];

export const MAX_VARIANTS = 6;

/** A step that sends. */
export type Sending = Extract<Step, { kind: "email" | "sms" | "whatsapp" }>;

/** Such a step but on WhatsApp, where others approve the words. */
export type Mailed = Extract<Step, { kind: "email" | "sms" }>;

export const variantsOf = (step: Step): Variant[] => ("variants" in step ? (step.variants ?? []) : []);

/** A, B, C… by place. */
export const letter = (index: number) => String.fromCharCode(65 + index);

export const labelOf = (variant: Variant, index: number) =>
  variant.name ? `${letter(index)} ${variant.name}` : letter(index);

type Text = Pick<Variant, "subject" | "body" | "template" | "template_name" | "language">;

const made = ({ subject = "", body, template = null, template_name, language }: Text): Variant => ({
  id: newId("variant"),
  name: "",
  weight: 50,
  paused: false,
  subject,
  body,
  template,
  ...(template_name === undefined ? {} : { template_name, language }),
});

/** A step's own words. */
function ownOf(step: Sending): Text {
  if (step.kind === "whatsapp") return { body: step.body, template_name: step.template_name, language: step.language };
  return { subject: step.kind === "email" ? step.subject : "", body: step.body, template: step.template };
}

/** The step with these words of its own. */
function withOwn<S extends Sending>(
  step: S,
  { subject = "", body, template = null, template_name = "", language = "" }: Text,
): S {
  if (step.kind === "whatsapp") return { ...step, template_name, language, body };
  return step.kind === "email" ? { ...step, subject, body, template } : { ...step, body, template };
}

/** One more text, to begin with a copy: of the step's own words the first time. */
export function withVariant<S extends Sending>(step: S, from = 0): S {
  const variants = variantsOf(step);
  const source = variants[from];
  if (source) return { ...step, variants: [...variants, made(source)] };
  const own = ownOf(step);
  return { ...withOwn(step, { body: "" }), variants: [made(own), made(own)] };
}

/** Of two the one that is left becomes the step's own words. */
export function withoutVariant<S extends Sending>(step: S, index: number): S {
  const left = variantsOf(step).filter((_, i) => i !== index);
  const [last, ...more] = left;
  if (!last || more.length) return { ...step, variants: left };
  return { ...withOwn(step, last), variants: [] };
}

/** What of a hundred people get it. */
export function shareOf(variants: Variant[], variant: Variant): number {
  const weight = (v: Variant) => (v.paused ? 0 : (v.weight ?? 50));
  const sum = variants.reduce((all, v) => all + weight(v), 0);
  return sum ? (weight(variant) / sum) * 100 : 0;
}
