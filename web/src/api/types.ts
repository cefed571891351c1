// The API's types by the names that pages use. All come from the generated schema; no type is written again here.
import type { components } from "./schema";

export type Schema = components["schemas"];

export type Channel = Schema["Channel"];
export type CampaignView = Schema["CampaignView"];
export type EnrolmentView = Schema["EnrolmentView"];
export type FitExample = Schema["FitExample"];
export type FitReason = Schema["FitReason"];
export type IcpPreview = Schema["IcpPreview"];
export type IcpPreviewRequest = Schema["IcpPreviewRequest"];
export type IcpView = Schema["IcpView"];
export type LeadFilter = Schema["LeadFilter"];
export type LeadRow = Schema["LeadRowView"];
export type LeadStatus = Schema["StageId"];
export type SavedView = Schema["ViewView"];
export type SegmentRule = Schema["SegmentRule"];
export type SegmentView = Schema["SegmentView"];
export type Temperature = Schema["Temperature"];

/** One page of any list; the schema repeats it for each item type. */
export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
  total?: number | null;
}
