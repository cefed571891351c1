// The table of a lead's fields as the app shows them. It is keyed by the API's names: a field without a row does not
// compile. Imports, merge fields, branches, filters and the lead's details walk it.
import type { LeadFilter, Schema } from "@/api/types";

interface LeadField {
  /** The field's name as users read it. */
  word: string;
  /** The merge field that the editor of a text offers, with its default; null where it offers none. */
  token: string | null;
  /** The name of the merge field, where it says more than the field's. */
  tokenWord?: string;
  /** Whether a branch suggests the field. */
  inBranch: boolean;
  /** Whether the lead's details show it as a line of text. */
  inDetails: boolean;
}

const unnamed = { token: null, inBranch: false, inDetails: false };
const inBranch = { ...unnamed, inBranch: true };

export const LEAD_FIELDS: Record<Exclude<Schema["Target"], "ignore">, LeadField> = {
  email: { word: "E-mail", ...inBranch },
  phone: { word: "Phone", ...inBranch },
  full_name: { word: "First and last name", ...unnamed },
  first_name: {
    word: "First name",
    ...inBranch,
    token: '{{ first_name | default("there") }}',
    tokenWord: "First name, or “there”",
  },
  last_name: { word: "Last name", ...inBranch, token: '{{ last_name | default("") }}' },
  company: { word: "Company", ...inBranch, token: '{{ company | default("your company") }}' },
  job_title: { word: "Job title", ...inBranch, token: "{{ job_title }}" },
  website: { word: "Website", ...inBranch },
  linkedin: { word: "LinkedIn", ...inBranch },
  address: { word: "Address", ...inBranch },
  city: { word: "City", ...inBranch, token: "{{ city }}" },
  country: { word: "Country", ...inBranch },
  category: { word: "Industry", ...inBranch, token: "{{ category }}", inDetails: true },
  rating: { word: "Rating", ...inBranch, token: "{{ rating }}" },
  reviews: { word: "Reviews", ...inBranch },
  source: { word: "Source", ...unnamed },
  notes: { word: "Notes", ...unnamed },
  tags: { word: "Tags", ...unnamed },
  status: { word: "Stage", ...unnamed },
  time_zone: { word: "Time zone", ...unnamed },
  consent_basis: { word: "Basis of consent", ...unnamed },
  consent_date: { word: "Date of consent", ...unnamed },
  consent_source: { word: "Source of consent", ...unnamed },
  consent_channels: { word: "Channels of consent", ...unnamed },
  tracking_consent: { word: "Date of consent to tracking", ...unnamed },
  do_not_contact: { word: "Do not contact", ...unnamed },
  opted_out: { word: "Opted out, by channel", ...unnamed },
  opted_out_email: { word: "Opted out of e-mail", ...unnamed },
  opted_out_phone: { word: "Opted out of calls and texts", ...unnamed },
  bounced: { word: "Bounced", ...unnamed },
};

export type LeadFieldName = keyof typeof LEAD_FIELDS;

export const LEAD_FIELD_NAMES = Object.keys(LEAD_FIELDS) as LeadFieldName[];

/** The texts of the lead's details, besides those that have a place of their own there. */
export const DETAIL_TEXTS = LEAD_FIELD_NAMES.filter((name) => LEAD_FIELDS[name].inDetails) as Extract<
  LeadFieldName,
  keyof Schema["LeadTexts"]
>[];

export type FilterField = Exclude<keyof LeadFilter, "q" | "unowned" | "rule">;

/** The filters of a list of leads, by the API's names. */
export const FILTER_WORDS: Record<FilterField, string> = {
  status: LEAD_FIELDS.status.word,
  temperature: "Temperature",
  priority: "Priority",
  country: LEAD_FIELDS.country.word,
  category: LEAD_FIELDS.category.word,
  tag: "Tag",
  campaign: "Campaign",
  owner: "Owner",
  segment: "Segment",
  company_domain: "Company domain",
};

export const FILTER_FIELDS = Object.keys(FILTER_WORDS) as FilterField[];

/** A filter that takes several values. */
export type ListFilter = Exclude<FilterField, "campaign" | "owner" | "segment">;

export const LIST_FILTERS = FILTER_FIELDS.filter(
  (f): f is ListFilter => f !== "campaign" && f !== "owner" && f !== "segment",
);

/** Several values as the list's query takes them: between commas, or as JSON where one of them has a comma. */
const spelled = (values: readonly string[]) =>
  values.some((value) => value.includes(",") || value.startsWith("[")) ? JSON.stringify(values) : values.join(",");

/** The filters with several values as the list's query takes them. */
export const listQuery = (values: Partial<Record<ListFilter, readonly string[]>>) =>
  Object.fromEntries(
    LIST_FILTERS.flatMap((field) => (values[field]?.length ? [[field, spelled(values[field])]] : [])),
  ) as Partial<Record<ListFilter, string>>;
