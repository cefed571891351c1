// The value of a column in a row: among the row's own values, or with those that were asked for.
import type { LeadRow } from "@/api/types";
import type { ListFieldName } from "@/shared/lib/list-fields";

/** The names of fields that a row has under another name, or under its own. */
const ROW_NAMES: Partial<Record<ListFieldName, keyof LeadRow>> = {
  name: "name",
  company: "company",
  email: "email",
  phone: "phone",
  city: "city",
  country: "country",
  category: "category",
  time_zone: "zone",
  score: "score",
  status: "status",
  stage_since: "stage_since",
  lost_reason: "lost_reason",
  temperature: "temperature",
  priority: "priority",
  do_not_contact: "do_not_contact",
  possible_opt_out: "possible_opt_out",
  owner: "owner",
  campaign: "active",
  tag: "tags",
  created: "created_at",
  updated: "updated_at",
  follow_up: "follow_up_at",
  last_contacted: "last_contacted_at",
};

const rowName = (name: string) => ROW_NAMES[name as ListFieldName];

export function valueIn(row: LeadRow, name: string): unknown {
  const own = rowName(name);
  return own ? row[own] : row.fields[name];
}
