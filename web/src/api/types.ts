// The API's shapes by the names the pages use. All come from the generated schema; nothing is typed anew here.
import type { components } from "./schema";

export type Schema = components["schemas"];

export type Channel = Schema["Channel"];
export type CampaignView = Schema["CampaignView"];
export type EnrolmentView = Schema["EnrolmentView"];
export type LeadRow = Schema["LeadRowView"];
export type LeadStatus = Schema["LeadStatus"];
export type Temperature = Schema["Temperature"];

/** One page of any list: the schema spells it once per item. */
export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
  total?: number | null;
}
