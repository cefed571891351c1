// Custom fields: their kinds in words, the dialog's fields as the API's body, and the changes at the API.
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import { type CustomField, fieldsQuery } from "@/app/shared-queries";
import { customName, KIND_WORDS, type KindName } from "@/shared/lib/field-kinds";
import { count, plural } from "@/shared/lib/format";

const KIND_NOTES: Record<KindName, string> = {
  text: "Any words, up to 1,000 characters.",
  number: "Sorted and compared as a number.",
  date: "A day, such as a contract's end.",
  choice: "One of the options that you list.",
  choices: "Any of the options that you list.",
  check: "A box to tick.",
  url: "A link that opens in a new tab.",
  money: "An amount with its currency.",
  person: "One of your colleagues in leadflow.",
};

export const KINDS = (Object.keys(KIND_WORDS) as KindName[]).map((value) => ({
  value,
  label: KIND_WORDS[value],
  note: KIND_NOTES[value],
}));

/** An option in the dialog: its name there, and the name that leads have it by. */
export interface OptionRow {
  id: number;
  was?: string;
  name: string;
}

export interface FieldDraft {
  label: string;
  kind: KindName;
  /** The options of a new field, one a line. */
  options: string;
  /** The options of a field that has some. */
  rows?: readonly OptionRow[];
  currency: string;
}

export const EMPTY_FIELD: FieldDraft = { label: "", kind: "text", options: "", currency: "EUR" };

export const hasOptions = (kind: KindName) => kind === "choice" || kind === "choices";

const optionsOf = ({ options, rows }: Pick<FieldDraft, "options" | "rows">) =>
  (rows ? rows.map((row) => row.name) : options.split("\n")).map((name) => name.trim()).filter(Boolean);

/** The options with another name than leads have them by: the new names by the former ones. */
export const renamedOptions = ({ rows = [] }: Pick<FieldDraft, "rows">): Record<string, string> =>
  Object.fromEntries(
    rows.flatMap(({ was, name }) => (was && name.trim() && was !== name.trim() ? [[was, name.trim()]] : [])),
  );

/** The options that the field had and the dialog takes away. */
export const removedOptions = (field: CustomField, { rows, kind }: Pick<FieldDraft, "rows" | "kind">): string[] =>
  "options" in field && rows && hasOptions(kind)
    ? field.options.filter((option) => !rows.some((row) => row.was === option && row.name.trim()))
    : [];

export const draftOf = (field: CustomField): FieldDraft => ({
  label: field.label,
  kind: field.kind,
  options: "options" in field ? field.options.join("\n") : "",
  ...("options" in field ? { rows: field.options.map((was, id) => ({ id, was, name: was })) } : {}),
  currency: "currency" in field ? field.currency : "EUR",
});

export const bodyOf = (draft: FieldDraft): Schema["NewField"] => ({
  label: draft.label.trim(),
  kind: draft.kind,
  ...(hasOptions(draft.kind) ? { options: optionsOf(draft) } : {}),
  ...(draft.kind === "money" ? { currency: draft.currency.trim().toUpperCase() } : {}),
});

export function changesOf(draft: FieldDraft): Schema["FieldChanges"] {
  const renamed_options = hasOptions(draft.kind) ? renamedOptions(draft) : {};
  return { ...bodyOf(draft), ...(Object.keys(renamed_options).length ? { renamed_options } : {}) };
}

export function checkField(draft: FieldDraft): Record<string, string> {
  const errors: Record<string, string> = {};
  if (!draft.label.trim()) errors.label = "Enter a name.";
  if (hasOptions(draft.kind) && optionsOf(draft).length === 0) errors.options = "Enter at least one option.";
  if (draft.kind === "money" && !/^[a-z]{3}$/i.test(draft.currency.trim()))
    errors.currency = "Enter a currency code such as EUR.";
  return errors;
}

type FieldUse = Schema["FieldUse"];

/** How far a renaming of the field's options has come, asked again while one is going on. */
export const fieldUseQuery = (id: string) =>
  queryOptions({
    queryKey: ["fields", "use", id],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/fields/{id}/use", { params: { path: { id }, query: {} }, signal })),
    refetchInterval: (query) => (query.state.data?.rename ? 1_000 : false),
  });

/** How many leads have each option. */
export const optionUseQuery = (id: string) =>
  queryOptions({
    queryKey: ["fields", "counted", id],
    queryFn: ({ signal }) =>
      unwrap(client.GET("/api/fields/{id}/use", { params: { path: { id }, query: { count: true } }, signal })),
  });

/** "Gold becomes Premium: 1,200 leads looked at, 31 changed." */
export const renameWords = ({ names, looked_at, changed }: NonNullable<FieldUse["rename"]>) =>
  `${Object.entries(names)
    .map(([from, to]) => `${from} becomes ${to}`)
    .join(", ")}: ${plural(looked_at, "lead")} looked at, ${count(changed)} changed.`;

/** "12 leads have Tin. They keep it as text." */
export function removedWords(option: string, use: Pick<FieldUse, "options" | "is_whole">): string {
  const leads = use.options.find((one) => one.option === option)?.leads ?? 0;
  if (leads === 0) return use.is_whole ? `No lead has ${option}.` : `No lead seems to have ${option}.`;
  return `${use.is_whole ? "" : "At least "}${plural(leads, "lead")} ${leads === 1 ? "has" : "have"} ${option}, and ${
    leads === 1 ? "keeps" : "keep"
  } it as text.`;
}

/** What a field holds, in words: its kind, with the options or the currency. */
export function kindWords(field: CustomField): string {
  const kind = KIND_WORDS[field.kind];
  if ("options" in field) return `${kind}: ${field.options.join(", ")}`;
  return "currency" in field ? `${kind}, ${field.currency} unless an amount names another` : kind;
}

/** The merge field that a template names the custom field by, as the API spells it. */
export const mergeName = (key: string) => `custom.${customName(key)}`;

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
    // The lists of fields, and how far a renaming has come.
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
