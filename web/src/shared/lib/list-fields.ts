// The fields that a list of leads knows, by the API's names, with their shapes.
/** What kind of values a field has. */
export type FieldShape = "text" | "number" | "time" | "word" | "id" | "texts";

export const LIST_FIELDS = {
  name: "text",
  first_name: "text",
  last_name: "text",
  company: "text",
  job_title: "text",
  email: "text",
  phone: "text",
  website: "text",
  linkedin: "text",
  address: "text",
  city: "text",
  country: "text",
  category: "text",
  source: "text",
  time_zone: "text",
  rating: "number",
  reviews: "number",
  score: "number",
  fit: "number",
  status: "word",
  stage_since: "time",
  lost_reason: "word",
  temperature: "word",
  priority: "word",
  do_not_contact: "word",
  possible_opt_out: "word",
  owner: "id",
  campaign: "texts",
  tag: "texts",
  created: "time",
  updated: "time",
  follow_up: "time",
  last_contacted: "time",
} satisfies Record<string, FieldShape>;

export type ListFieldName = keyof typeof LIST_FIELDS;

export const LIST_FIELD_NAMES = Object.keys(LIST_FIELDS) as ListFieldName[];
