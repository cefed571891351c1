// Several texts of one step, tried against each other: added, taken away, and how they are called.
import { newId, type Step } from "./model";

export interface Variant {
  /** Every one has one once it was saved or made here; what is counted is counted under it. */
  id?: string;
  name?: string;
  weight?: number;
  paused?: boolean;
  subject?: string;
  body: string;
  template?: string | null;
}

export const MAX_VARIANTS = 6;

/** A step that sends. */
export type Sending = Extract<Step, { kind: "email" | "sms" }>;

export const variantsOf = (step: Step): Variant[] =>
  step.kind === "email" || step.kind === "sms" ? (step.variants ?? []) : [];

/** A, B, C… by place. */
export const letter = (index: number) => String.fromCharCode(65 + index);

export const labelOf = (variant: Variant, index: number) =>
  variant.name ? `${letter(index)} ${variant.name}` : letter(index);

const made = (words: { subject?: string; body: string; template?: string | null }): Variant => ({
  id: newId("variant"),
  name: "",
  weight: 50,
  paused: false,
  subject: words.subject ?? "",
  body: words.body,
  template: words.template ?? null,
});

/** One more text, to begin with a copy: of the step's own words the first time. */
export function withVariant(step: Sending, from = 0): Sending {
  const variants = variantsOf(step);
  const source = variants[from];
  if (source) return { ...step, variants: [...variants, made(source)] };
  const own = step.kind === "email" ? step : { subject: "", body: step.body, template: step.template };
  const bare: Sending = { ...step, body: "", template: null, variants: [made(own), made(own)] };
  return bare.kind === "email" ? { ...bare, subject: "" } : bare;
}

/** Of two the one that is left becomes the step's own words. */
export function withoutVariant(step: Sending, index: number): Sending {
  const left = variantsOf(step).filter((_, i) => i !== index);
  const [last, ...more] = left;
  if (!last || more.length) return { ...step, variants: left };
  const own = { body: last.body, template: last.template ?? null, variants: [] };
  return step.kind === "email" ? { ...step, ...own, subject: last.subject ?? "" } : { ...step, ...own };
}

/** What of a hundred people get it. */
export function shareOf(variants: Variant[], variant: Variant): number {
  const weight = (v: Variant) => (v.paused ? 0 : (v.weight ?? 50));
  const sum = variants.reduce((all, v) => all + weight(v), 0);
  return sum ? (weight(variant) / sum) * 100 : 0;
}
