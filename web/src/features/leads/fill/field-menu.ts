// The fields that formulas and prompts may name, as a menu inserts them.

import type { CustomField } from "@/app/shared-queries";
import { customName } from "@/shared/lib/field-kinds";
import { LEAD_FIELD_NAMES, LEAD_FIELDS } from "@/shared/lib/lead-fields";

export interface NamedField {
  label: string;
  name: string;
}

/** The lead's own fields that a value can be taken from, then the workspace's. */
export const namedFields = (custom: readonly CustomField[]): NamedField[] => [
  ...LEAD_FIELD_NAMES.filter((name) => LEAD_FIELDS[name].inBranch).map((name) => ({
    label: LEAD_FIELDS[name].word,
    name,
  })),
  ...custom.map(({ key, label }) => ({ label, name: `custom.${customName(key)}` })),
];

/** The fields with braces around them, for prompts and templates. */
export const mergeFields = (custom: readonly CustomField[]) =>
  namedFields(custom).map(({ label, name }) => ({ label, token: `{{ ${name} }}` }));
