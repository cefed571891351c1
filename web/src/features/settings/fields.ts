// Custom fields: their kinds in words, the dialog's fields as the API's body, and the changes at the API.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { type CustomField, fieldsQuery } from "@/app/shared-queries";

export type KindName = Schema["KindName"];

export const KINDS: { value: KindName; label: string; note: string }[] = [
  { value: "text", label: "Text", note: "Any words, up to 1,000 characters." },
  { value: "number", label: "Number", note: "Sorted and compared as a number." },
  { value: "date", label: "Date", note: "A day, such as a contract's end." },
  { value: "choice", label: "Choice", note: "One of the options that you list." },
  { value: "choices", label: "Several choices", note: "Any of the options that you list." },
  { value: "check", label: "Yes or no", note: "A box to tick." },
  { value: "url", label: "Web address", note: "A link that opens in a new tab." },
  { value: "money", label: "Money", note: "An amount with its currency." },
  { value: "person", label: "Team member", note: "One of your colleagues in leadflow." },
];

export interface FieldDraft {
  label: string;
  kind: KindName;
  /** One option a line. */
  options: string;
  currency: string;
}

export const EMPTY_FIELD: FieldDraft = { label: "", kind: "text", options: "", currency: "EUR" };

export const hasOptions = (kind: KindName) => kind === "choice" || kind === "choices";

const optionsOf = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

export const draftOf = (field: CustomField): FieldDraft => ({
  label: field.label,
  kind: field.kind,
  options: "options" in field ? field.options.join("\n") : "",
  currency: "currency" in field ? field.currency : "EUR",
});

export const bodyOf = (draft: FieldDraft): Schema["NewField"] => ({
  label: draft.label.trim(),
  kind: draft.kind,
  ...(hasOptions(draft.kind) ? { options: optionsOf(draft.options) } : {}),
  ...(draft.kind === "money" ? { currency: draft.currency.trim().toUpperCase() } : {}),
});

export function checkField(draft: FieldDraft): Record<string, string> {
  const errors: Record<string, string> = {};
  if (!draft.label.trim()) errors.label = "Enter a name.";
  if (hasOptions(draft.kind) && optionsOf(draft.options).length === 0) errors.options = "Enter at least one option.";
  if (draft.kind === "money" && !/^[a-z]{3}$/i.test(draft.currency.trim()))
    errors.currency = "Enter a currency code such as EUR.";
  return errors;
}

/** What a field holds, in words: its kind, with the options or the currency. */
export function kindWords(field: CustomField): string {
  const kind = KINDS.find((k) => k.value === field.kind)?.label ?? field.kind;
  if ("options" in field) return `${kind}: ${field.options.join(", ")}`;
  return "currency" in field ? `${kind}, ${field.currency} unless an amount names another` : kind;
}

/** The merge field that a template names the custom field by, as the API spells it. */
export const mergeName = (key: string) =>
  `custom.${key
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "")}`;

/** The order after a field has moved up or down by one. */
export function moved(fields: readonly CustomField[], id: string, by: -1 | 1): string[] {
  const ids = fields.map((field) => field.id);
  const at = ids.indexOf(id);
  const to = at + by;
  const [from, other] = [ids[at], ids[to]];
  if (from === undefined || other === undefined) return ids;
  ids[at] = other;
  ids[to] = from;
  return ids;
}

export function useFieldMoves() {
  const cache = useQueryClient();
  const onSettled = () => cache.invalidateQueries({ queryKey: fieldsQuery.queryKey });
  const path = (id: string) => ({ path: { id } });
  const add = useMutation({
    mutationFn: (body: Schema["NewField"]) => unwrap(client.POST("/api/fields", { body })),
    onSettled,
  });
  const change = useMutation({
    mutationFn: ({ id, body }: { id: string; body: Schema["FieldChanges"] }) =>
      unwrap(client.PATCH("/api/fields/{id}", { params: path(id), body })),
    onSettled,
  });
  const sort = useMutation({
    mutationFn: (fields: string[]) => unwrap(client.PUT("/api/fields/order", { body: { fields } })),
    onSuccess: (page) => cache.setQueryData(fieldsQuery.queryKey, page),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (id: string) => unwrap(client.DELETE("/api/fields/{id}", { params: path(id) })),
    onSettled,
  });
  /** Makes a deleted field again: under its key, so that leads' values are its own again, then with its label. */
  const restore = async (field: CustomField) => {
    const made = await add.mutateAsync({ ...bodyOf(draftOf(field)), label: field.key });
    if (field.label !== field.key) await change.mutateAsync({ id: made.id, body: { label: field.label } });
  };
  return { add, change, sort, remove, restore };
}
