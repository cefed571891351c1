//! Deals: in their lead's partition, and the workspace's lists of open and closed ones. Beside them the moves of leads
//! between stages, by time.

use super::{Listing, Partition, Tenant, WorkspaceKey, lead_partition, listing, of, shard};
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

/// The partitions of the moves. As a sending window opens, ten thousand leads move within seconds.
const MOVE_SHARDS: u32 = 4;

/// Returns the partitions of a workspace's moves. The first also has those of before there were several.
pub(crate) fn stage_moves(workspace: &WorkspaceId) -> [Partition<Tenant>; MOVE_SHARDS as usize] {
    std::array::from_fn(|at| moves_of_shard(workspace, at as u32))
}

/// Returns the partitions that may have moves of the lead.
pub(crate) fn stage_moves_of(workspace: &WorkspaceId, lead: &LeadId) -> Vec<Partition<Tenant>> {
    let mut shards = vec![0, shard(lead.ulid_text(), MOVE_SHARDS)];
    shards.dedup();
    shards.into_iter().map(|shard| moves_of_shard(workspace, shard)).collect()
}

fn moves_of_shard(workspace: &WorkspaceId, shard: u32) -> Partition<Tenant> {
    match shard {
        0 => of(workspace, "STAGE_MOVES"),
        shard => of(workspace, &format!("STAGE_MOVES#{shard}")),
    }
}

pub(crate) fn stage_move(workspace: &WorkspaceId, at: Timestamp, lead: &LeadId) -> WorkspaceKey {
    let shard = shard(lead.ulid_text(), MOVE_SHARDS);
    moves_of_shard(workspace, shard).at(format!("{}#{}", sortable(at), lead.ulid_text()))
}
