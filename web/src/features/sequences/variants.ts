// Variants of one step: added, removed, and named.
import type { Schema } from "@/api/types";
import { newId, type Step } from "./model";

export type Variant = Schema["Variant"];

export const MAX_VARIANTS = 6;

/** A step that sends. */
export type Sending = Extract<Step, { kind: "email" | "sms" | "whatsapp" }>;

/** Such a step except on WhatsApp, where Meta approves the texts. */
export type Mailed = Extract<Step, { kind: "email" | "sms" }>;

export const variantsOf = (step: Step): Variant[] => ("variants" in step ? (step.variants ?? []) : []);

/** The letter A, B, C… by position. */
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

/** The step's own text. */
function ownOf(step: Sending): Text {
  if (step.kind === "whatsapp") return { body: step.body, template_name: step.template_name, language: step.language };
  return { subject: step.kind === "email" ? step.subject : "", body: step.body, template: step.template };
}

/** The step with this text as its own. */
function withOwn<S extends Sending>(
  step: S,
  { subject = "", body, template = null, template_name = "", language = "" }: Text,
): S {
  if (step.kind === "whatsapp") return { ...step, template_name, language, body };
  return step.kind === "email" ? { ...step, subject, body, template } : { ...step, body, template };
}

/** Adds a variant as a copy of another; the first time, of the step's own text. */
export function withVariant<S extends Sending>(step: S, from = 0): S {
  const variants = variantsOf(step);
  const source = variants[from];
  if (source) return { ...step, variants: [...variants, made(source)] };
  const own = ownOf(step);
  return { ...withOwn(step, { body: "" }), variants: [made(own), made(own)] };
}

/** Removes a variant; of two, the remaining one becomes the step's own text. */
export function withoutVariant<S extends Sending>(step: S, index: number): S {
  const left = variantsOf(step).filter((_, i) => i !== index);
  const [last, ...more] = left;
  if (!last || more.length) return { ...step, variants: left };
  return { ...withOwn(step, last), variants: [] };
}

/** The percentage of leads that get the variant. */
export function shareOf(variants: Variant[], variant: Variant): number {
  const weight = (v: Variant) => (v.paused ? 0 : (v.weight ?? 50));
  const sum = variants.reduce((all, v) => all + weight(v), 0);
  return sum ? (weight(variant) / sum) * 100 : 0;
}
