// What a merge is made of: the leads that the address names, and the value that each field takes.
import { queryOptions } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { Schema } from "@/api/types";
import type { CustomField } from "@/app/shared-queries";
import { countryName } from "@/shared/lib/country-name";
import { customKey } from "@/shared/lib/field-words";
import { capital, civilDay, phone, when, words } from "@/shared/lib/format";
import { LEAD_FIELDS } from "@/shared/lib/lead-fields";
import { stageWord } from "@/shared/lib/stages";

export type MergePreview = Schema["MergePreview"];
export type MergeField = Schema["MergeFieldView"];
type Lead = Pick<Schema["DuplicateLeadView"], "id" | "name" | "email" | "phone">;

/** The leads' ids in the address, each once. */
export const idsIn = (text: unknown = "") =>
  [
    ...new Set(
      String(text)
        .split(",")
        .map((id) => id.trim()),
    ),
  ].filter(Boolean);

/** `into`: the lead that stays; without one the server proposes it. */
export const mergePreviewQuery = (leads: string[], into?: string) =>
  queryOptions({
    queryKey: ["lead-merge", leads, into],
    queryFn: ({ signal }) => unwrap(client.POST("/api/leads/merge/preview", { body: { leads, into }, signal })),
    gcTime: 0,
    refetchOnWindowFocus: false,
  });

/** A name for each lead that no other of them has. */
export function ownNames(leads: readonly Lead[]): Record<string, string> {
  const alike = (one: string, of: (lead: Lead) => string) => leads.filter((lead) => of(lead) === one).length > 1;
  const withAddress = (lead: Lead) =>
    `${lead.name} (${lead.email ?? (lead.phone ? phone(lead.phone) : "without an address")})`;
  return Object.fromEntries(
    leads.map((lead, i) => {
      if (!alike(lead.name, (other) => other.name)) return [lead.id, lead.name];
      const name = withAddress(lead);
      return [lead.id, alike(name, withAddress) ? `${name}, number ${i + 1}` : name];
    }),
  );
}

/** Fields by the lead whose value they take. */
export type Picks = Readonly<Record<string, string>>;

/** The lead whose value the field takes: the picked one, while it has a value, else the proposed one. */
export function pickOf(field: MergeField, picks: Picks): string {
  const picked = picks[field.field];
  return picked && field.values.some(({ lead }) => lead === picked) ? picked : field.chosen;
}

export const valueIn = (field: MergeField, lead: string) => field.values.find((v) => v.lead === lead)?.value;

/** The choices as they are shown, so that none depends on what the server would propose by then. */
export const choicesOf = (fields: readonly MergeField[], picks: Picks): Record<string, string> =>
  Object.fromEntries(fields.filter((f) => f.differs && f.can_choose).map((f) => [f.field, pickOf(f, picks)]));

/** The merged lead's value of the field. */
export const resultIn = (field: MergeField, picks: Picks): string | undefined =>
  field.can_choose ? valueIn(field, pickOf(field, picks)) : (field.result ?? undefined);

/** The field's name as the rest of the app has it. */
export const wordFor = (field: MergeField) =>
  (LEAD_FIELDS as Partial<Record<string, { word: string }>>)[field.field]?.word ?? field.label;

const DATE = /^\d{4}-\d\d-\d\d$/;

/** The value as people read it. */
export function saidOf(name: string, value: string, custom: readonly CustomField[]): string {
  switch (name) {
    case "phone":
    case "second_phone":
      return phone(value);
    case "country":
      return countryName(value);
    case "status":
      return stageWord(value);
    case "priority":
      return words(value);
    case "follow_up_at":
      return capital(when(value));
  }
  const kind = custom.find(({ key }) => key === customKey(name))?.kind;
  if (kind === "date" && DATE.test(value)) return civilDay(value);
  return kind === "check" ? words(value) : value;
}
