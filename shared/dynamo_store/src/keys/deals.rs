//! Deals: in their lead's partition, and the workspace's lists of open and closed ones. Beside them the moves of leads
//! between stages, by time.

use super::{Listing, Partition, Tenant, WorkspaceKey, lead_partition, listing, of};
use crate::times::sortable;
use domain::{DealId, LeadId, WorkspaceId};
use jiff::Timestamp;
use jiff::civil::Date;

/// The beginning of the sort keys of a lead's deals.
pub(crate) const DEALS: &str = "DEAL#";

/// The position of an id's own characters: after the prefix and the lead's 26.
const DEAL_TAIL: usize = DealId::PREFIX.len() + 27;

pub(crate) fn deal(workspace: &WorkspaceId, id: &DealId) -> WorkspaceKey {
    lead_partition(workspace, &id.lead()).at(format!("{DEALS}{}", &id.as_str()[DEAL_TAIL..]))
}

pub(crate) fn open_deals(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "OPEN_DEALS")
}

pub(crate) fn open_deal_listing(workspace: &WorkspaceId, close_on: Date, id: &DealId) -> Listing {
    listing(open_deals(workspace), format!("{close_on}#{}", id.as_str()))
}

pub(crate) fn closed_deals(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "CLOSED_DEALS")
}

pub(crate) fn closed_deal_listing(workspace: &WorkspaceId, closed: Timestamp, id: &DealId) -> Listing {
    listing(closed_deals(workspace), format!("{}#{}", sortable(closed), id.as_str()))
}

pub(crate) fn stage_moves(workspace: &WorkspaceId) -> Partition<Tenant> {
    of(workspace, "STAGE_MOVES")
}

pub(crate) fn stage_move(workspace: &WorkspaceId, at: Timestamp, lead: &LeadId) -> WorkspaceKey {
    stage_moves(workspace).at(format!("{}#{}", sortable(at), lead.ulid_text()))
}
