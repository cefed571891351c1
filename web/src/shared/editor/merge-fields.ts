// The merge fields of a text, each with its default for a missing value.
import { LEAD_FIELD_NAMES, LEAD_FIELDS } from "@/shared/lib/lead-fields";
import type { MergeField } from "./merge-text";

export const MERGE_FIELDS: readonly MergeField[] = [
  ...LEAD_FIELD_NAMES.flatMap((name) => {
    const { word, token, tokenWord } = LEAD_FIELDS[name];
    return token ? [{ label: tokenWord ?? word, token }] : [];
  }),
  { label: "Opening line (AI)", token: '{{ first_line | default("") }}' },
  { label: "Preview link", token: "{{ preview_url }}" },
  { label: "Your name", token: "{{ sender.name }}" },
  { label: "Your company", token: "{{ sender.company }}" },
  { label: "Your booking link", token: "{{ sender.booking_url }}" },
];
