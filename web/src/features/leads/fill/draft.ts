// A column as its form has it, and as the API takes it.
import type { Schema } from "@/api/types";
import { capOf, textOfMicros } from "@/shared/lib/spend";
import type { ColumnView, Recipe, RecipeKind } from "./model";

export type DataField = Schema["DataField"];
export type FilledField = Schema["FilledField"];
export type NewKind = "text" | "number" | "date" | "check" | "url" | "choice";

export type DraftTarget =
  | { to: "new_field"; label: string; kind: NewKind; options: string }
  | { to: "custom_field"; key: string }
  | { to: "lead_field"; field: FilledField };

export interface DraftHeader {
  name: string;
  value: string;
  secret: boolean;
  /** A secret value is stored: it stays unless another one is typed. */
  kept: boolean;
}

export interface Draft {
  name: string;
  target: DraftTarget;
  kind: RecipeKind;
  expression: string;
  source: "company" | "location" | "colleague";
  part: string;
  colleague: string;
  prompt: string;
  context: string;
  output: Schema["AiOutput"]["type"];
  max_words: string;
  options: string;
  field: DataField;
  providers: { provider: string; min_confidence: number }[];
  method: Schema["HookMethod"];
  url: string;
  headers: DraftHeader[];
  body: string;
  answer: string;
  wait: Schema["HookWait"];
  actor: string;
  input: string;
  condition: string;
  on_new: boolean;
  on_change: boolean;
  schedule: Schema["ColumnSchedule"] | "";
  fresh_days: string;
  month_cap: string;
}

export const EMPTY: Draft = {
  name: "",
  target: { to: "new_field", label: "", kind: "text", options: "" },
  kind: "enrichment",
  expression: "",
  source: "company",
  part: "name",
  colleague: "company",
  prompt: "",
  context: "",
  output: "text",
  max_words: "30",
  options: "",
  field: "email",
  providers: [{ provider: "website", min_confidence: 0 }],
  method: "post",
  url: "",
  headers: [],
  body: '{ "company": "{{ company }}" }',
  answer: "",
  wait: "at_once",
  actor: "",
  input: "{}",
  condition: "",
  on_new: false,
  on_change: false,
  schedule: "",
  fresh_days: "90",
  month_cap: "",
};

/** Lines, or parts between commas. */
export const listed = (text: string): string[] =>
  text
    .split(/[\n,]/)
    .map((part) => part.trim())
    .filter(Boolean);

export function recipeOf(d: Draft): Recipe {
  switch (d.kind) {
    case "formula":
      return { kind: "formula", expression: d.expression };
    case "lookup":
      if (d.source === "company")
        return { kind: "lookup", from: { source: "company", part: d.part as Schema["CompanyPart"] } };
      if (d.source === "location")
        return { kind: "lookup", from: { source: "location", part: d.part as Schema["LocationPart"] } };
      return { kind: "lookup", from: { source: "colleague", field: d.colleague } };
    case "ai":
      return { kind: "ai", prompt: d.prompt, context: listed(d.context), output: outputOf(d) };
    case "enrichment":
      return { kind: "enrichment", field: d.field, providers: d.providers };
    case "webhook":
      return {
        kind: "webhook",
        method: d.method,
        url: d.url.trim(),
        headers: d.headers.map(({ name, value, secret, kept }) => ({
          name: name.trim(),
          secret,
          ...(secret && kept && !value ? {} : { value }),
        })),
        body: d.method === "post" && d.body.trim() ? d.body : null,
        answer: d.answer.trim(),
        wait: d.wait,
      };
    case "actor":
      return { kind: "actor", actor: d.actor.trim(), input: d.input, answer: d.answer.trim() };
  }
}

function outputOf(d: Draft): Schema["AiOutput"] {
  if (d.output === "text") return { type: "text", max_words: Number(d.max_words) || 0 };
  if (d.output === "choice") return { type: "choice", options: listed(d.options) };
  return { type: d.output };
}

function targetOf({ target }: Draft): Schema["NewTarget"] {
  if (target.to !== "new_field") return target;
  const { label, kind, options } = target;
  return { to: "new_field", label, kind: kind === "choice" ? { kind, options: listed(options) } : { kind } };
}

const shared = (d: Draft) => ({
  name: d.name,
  recipe: recipeOf(d),
  condition: d.condition.trim() || null,
  triggers: { on_new: d.on_new, on_change: d.on_change, schedule: d.schedule || null },
  fresh_days: Number(d.fresh_days) || 0,
  month_cap: capOf(d.month_cap) ?? null,
});

export const newColumn = (d: Draft): Schema["NewColumn"] => ({ ...shared(d), target: targetOf(d) });

export const columnChanges = (d: Draft, rev: number): Schema["ColumnChanges"] => ({ ...shared(d), rev });

export function draftOf(column: ColumnView): Draft {
  const { recipe, triggers } = column;
  const base: Draft = {
    ...EMPTY,
    name: column.name,
    target: column.target,
    kind: recipe.kind,
    condition: column.condition ?? "",
    on_new: !!triggers.on_new,
    on_change: !!triggers.on_change,
    schedule: triggers.schedule ?? "",
    fresh_days: String(column.fresh_days),
    month_cap: textOfMicros(column.month_cap),
  };
  switch (recipe.kind) {
    case "formula":
      return { ...base, expression: recipe.expression };
    case "lookup":
      return recipe.from.source === "colleague"
        ? { ...base, source: "colleague", colleague: recipe.from.field }
        : { ...base, source: recipe.from.source, part: recipe.from.part };
    case "ai":
      return {
        ...base,
        prompt: recipe.prompt,
        context: (recipe.context ?? []).join(", "),
        output: recipe.output.type,
        ...(recipe.output.type === "text" ? { max_words: String(recipe.output.max_words) } : {}),
        ...(recipe.output.type === "choice" ? { options: recipe.output.options.join("\n") } : {}),
      };
    case "enrichment":
      return {
        ...base,
        field: recipe.field,
        providers: recipe.providers.map((step) => ({ ...step, min_confidence: step.min_confidence ?? 0 })),
      };
    case "webhook":
      return {
        ...base,
        method: recipe.method,
        url: recipe.url,
        headers: (recipe.headers ?? []).map((header) => ({
          name: header.name,
          value: header.value ?? "",
          secret: !!header.secret,
          kept: !!header.secret,
        })),
        body: recipe.body ?? "",
        answer: recipe.answer,
        wait: recipe.wait,
      };
    case "actor":
      return { ...base, actor: recipe.actor, input: recipe.input, answer: recipe.answer };
  }
}

/** What the form itself can tell before it is sent. */
export function faultsOf(d: Draft): Record<string, string> {
  const faults: Record<string, string> = {};
  if (!d.name.trim()) faults.name = "Enter a name.";
  if (d.target.to === "new_field" && !d.target.label.trim()) faults["target.label"] = "Enter the field's name.";
  if (d.kind === "formula" && !d.expression.trim()) faults["recipe.expression"] = "Enter a formula.";
  if (d.kind === "ai" && !d.prompt.trim()) faults["recipe.prompt"] = "Enter what the model is to do.";
  if (d.kind === "enrichment" && d.providers.length === 0) faults["recipe.providers"] = "Add at least one provider.";
  if (d.kind === "webhook" && !/^https:\/\//.test(d.url.trim()))
    faults["recipe.url"] = "Enter an address that begins with https://";
  if (!/^\d*$/.test(d.fresh_days.trim())) faults.fresh_days = "Enter a number of days.";
  if (capOf(d.month_cap) === undefined) faults.month_cap = "Enter an amount in US dollars, with up to six decimals.";
  return faults;
}
