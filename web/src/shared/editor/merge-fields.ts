// The merge fields of a text, each with its default for a missing value.
import type { MergeField } from "./merge-text";

export const MERGE_FIELDS: readonly MergeField[] = [
  { label: "First name, or “there”", token: '{{ first_name | default("there") }}' },
  { label: "Last name", token: '{{ last_name | default("") }}' },
  { label: "Company", token: '{{ company | default("your company") }}' },
  { label: "Job title", token: "{{ job_title }}" },
  { label: "City", token: "{{ city }}" },
  { label: "Industry", token: "{{ category }}" },
  { label: "Rating", token: "{{ rating }}" },
  { label: "Opening line (AI)", token: '{{ first_line | default("") }}' },
  { label: "Preview link", token: "{{ preview_url }}" },
  { label: "Your name", token: "{{ sender.name }}" },
  { label: "Your company", token: "{{ sender.company }}" },
  { label: "Your booking link", token: "{{ sender.booking_url }}" },
];
